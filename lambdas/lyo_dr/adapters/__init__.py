"""The outside world: AWS, PostgreSQL, HTTP, DNS. Nothing here decides."""
