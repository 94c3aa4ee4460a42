"""A model of how long AWS takes, from published figures. It is kept apart from everything that was measured."""
