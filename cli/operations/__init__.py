"""What a command does. File names are those of the commands."""
