"""How CloudWatch evaluates alarms."""
