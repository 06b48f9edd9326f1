"""A real Neo4j for the tests of this room."""

from tests.neo4j_server import neo4j, neo4j_server

__all__ = ["neo4j", "neo4j_server"]
