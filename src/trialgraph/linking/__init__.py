"""Words in a trial become concepts: one folder a kind."""
