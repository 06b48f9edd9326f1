"""ClinicalTrials.gov: API v2 crawl and records."""
