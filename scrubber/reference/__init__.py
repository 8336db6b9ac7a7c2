"""Official code tables as dated snapshots, and what they say as of a day."""
