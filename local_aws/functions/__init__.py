"""Lambda functions as processes of their own."""
