"""Codes that software assigned, and when a person must look."""
