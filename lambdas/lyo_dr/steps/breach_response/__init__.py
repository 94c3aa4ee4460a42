"""The response to a breach: evaluate, preserve, notify, contain, rotate, prove, assess."""
