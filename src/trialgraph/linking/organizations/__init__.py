"""Names of organisations to bodies: linker, vocabulary, data files."""
