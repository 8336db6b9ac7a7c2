"""When the services were, and when the claim came."""
