"""Trials alike, and what makes them alike."""
