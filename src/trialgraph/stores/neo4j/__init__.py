"""The Neo4j graph store, by the official driver."""
