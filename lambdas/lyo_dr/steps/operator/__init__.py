"""The operator API: answers to questions, pause and other commands."""
