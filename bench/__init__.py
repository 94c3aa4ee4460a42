"""What is measured, against whom; one command each."""
