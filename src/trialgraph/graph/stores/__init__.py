"""One file an engine; each is the only importer of it."""
