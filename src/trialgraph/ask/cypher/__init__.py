"""Cypher run within limits, after the guard has read it."""
