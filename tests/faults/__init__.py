"""What the worker does when things break: real processes, a real broker, every claim counted."""
