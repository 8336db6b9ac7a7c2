"""Claims scrubber: every claim gets one outcome, with reasons a person can act on."""

__version__ = "0.1.0"
