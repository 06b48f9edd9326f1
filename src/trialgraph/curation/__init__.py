"""Public term lists become our data files: a maintainer's tool, no build depends on it."""
