"""Files that a person already has: recognised, cut into records."""
