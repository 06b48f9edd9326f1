"""The embedded graph store: ArcadeDB inside this process."""
