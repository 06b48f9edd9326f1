"""The named questions answered straight from the snapshot's tables."""
