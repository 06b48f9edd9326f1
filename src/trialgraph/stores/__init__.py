"""Where questions are asked: the embedded graph, a Neo4j server, or the snapshot's columns."""
