"""Devices and procedures: linker, vocabulary, data files."""
