"""Measures links and similarity against labelled files, beside plain baselines."""
