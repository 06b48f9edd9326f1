"""A mirror's trial pages."""
