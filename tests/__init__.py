"""Tests: each is a statement about the scrubber."""
