"""The National Correct Coding Initiative: pairs, unit limits, add-on codes."""
