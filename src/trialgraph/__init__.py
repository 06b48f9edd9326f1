"""trialgraph: clinical-trial registries as a graph that explains itself."""
