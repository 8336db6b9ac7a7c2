"""Reference tables and their importers."""
