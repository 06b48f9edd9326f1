"""Classes of drugs: our own table, who belongs to each class and what says so, and the chemical tree of MeSH."""
