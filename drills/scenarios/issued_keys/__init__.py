"""Keys that only their issuer can change."""
