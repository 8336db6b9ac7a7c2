"""The wire: what clearinghouses send, what workers answer, and the shapes both rely on."""
