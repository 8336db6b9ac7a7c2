"""Medical necessity: what coverage articles say of procedure and diagnosis."""
