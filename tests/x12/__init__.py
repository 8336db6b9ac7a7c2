"""X12 files."""
