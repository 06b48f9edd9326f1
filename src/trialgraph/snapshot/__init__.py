"""The graph as files: write, read, compare, export."""
