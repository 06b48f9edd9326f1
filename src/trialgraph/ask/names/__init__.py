"""What a person's words mean: ids, drugs, classes, conditions, sponsors, countries."""
