"""From a decoded event to its outcome: plan, run, outcome; and what is needed to start."""
