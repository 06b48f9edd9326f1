"""Everything the registries ever sent."""
