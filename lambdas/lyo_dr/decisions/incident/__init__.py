"""What a signal or a person opens, and what is refused: admission, findings, triage of one instance."""
