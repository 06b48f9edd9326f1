"""Answers as table, JSON, CSV, Markdown and HTML; every escaping rule stands in `safe`."""
