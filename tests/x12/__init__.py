"""The reader of 837 files, on fixtures of its own and on the shared public examples."""
