"""Findings to clean, rejected or review."""
