"""Official code files, one module a publisher format: recognised by content, read to the end."""
