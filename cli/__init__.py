"""The command line, the same for a local AWS and for AWS."""
