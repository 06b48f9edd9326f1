"""The EU Clinical Trials Register: records and saved pages."""
