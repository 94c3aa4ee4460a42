"""The sender of messages to people."""
