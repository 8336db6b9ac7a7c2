"""Diagnosis codes, their order and their dates."""
