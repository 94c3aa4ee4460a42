"""The door people answer and brake through."""
