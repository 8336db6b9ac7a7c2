"""Charges, units and what others paid."""
