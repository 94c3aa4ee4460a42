"""What is typed: the commands, their options and their help."""
