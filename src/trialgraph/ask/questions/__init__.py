"""The named questions and the questions about single trials."""
