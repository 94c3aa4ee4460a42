"""The command line: the same words on a laptop and, later, on AWS."""
