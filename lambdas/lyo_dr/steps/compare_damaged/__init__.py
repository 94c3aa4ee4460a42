"""What is in a damaged database alone: found, classified, and put on record after a restore."""
