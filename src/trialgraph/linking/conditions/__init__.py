"""Condition strings to MeSH headings: linker, vocabulary, data files."""
