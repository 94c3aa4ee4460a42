"""Proofs about the product that no single test can give. Each reads records of what really happened."""
