"""The graph: its schema, its tables, and the stores they are loaded into."""
