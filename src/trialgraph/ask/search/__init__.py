"""Trials by words: names understood first, then the full text; and trials like a text."""
