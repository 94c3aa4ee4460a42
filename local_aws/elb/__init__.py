"""Load balancers as real processes."""
