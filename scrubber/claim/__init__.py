"""The claim as the edits see it: compiled once, with every derived value already there."""
