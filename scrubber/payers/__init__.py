"""What a payer changes: which edits run, how severe they are, with which thresholds."""
