"""Which secret is rotated and how, tokens of caches, keys that an issuer gives out."""
