"""What must not fire, and what asks a person."""
