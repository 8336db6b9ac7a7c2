"""Procedure codes, modifiers and places of service."""
