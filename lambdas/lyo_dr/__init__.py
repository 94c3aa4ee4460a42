"""Lyo DR: the code that runs inside AWS Lambda, on AWS and in a rehearsal alike."""
