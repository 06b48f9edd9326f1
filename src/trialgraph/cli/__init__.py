"""Flags in, sentences out; no logic lives here, and heavy imports wait for the command that needs them."""
