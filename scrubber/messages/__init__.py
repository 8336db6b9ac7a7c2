"""Verdicts to prose for billers; no value leaves here that lacks the shape of its kind."""
