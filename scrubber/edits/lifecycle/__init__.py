"""Repeats, corrections and what came before."""
