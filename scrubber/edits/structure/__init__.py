"""Can the claim be read and travel in an 837 at all."""
