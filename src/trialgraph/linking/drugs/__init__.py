"""Intervention labels to drugs: linker, vocabulary, classes, data files."""
