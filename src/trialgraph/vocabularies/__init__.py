"""Term lists as resolvers: label -> concept, with the alias and the method that matched."""
