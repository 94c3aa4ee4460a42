"""Adapters to AWS, PostgreSQL, HTTP and DNS. Nothing here decides."""
