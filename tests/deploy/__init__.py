"""What deploy/ holds, rendered and held to the schemas, policies and metrics it speaks of."""
