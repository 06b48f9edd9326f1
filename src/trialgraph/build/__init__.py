"""Archive to snapshot, as one short list of stages."""
