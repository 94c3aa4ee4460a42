"""Evidence and its manifest, and verification that a breach is contained."""
