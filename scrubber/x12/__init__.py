"""X12: 837 files to claim events."""
