"""What the worker tells its operators: metrics, and log lines without a word of a claim."""
