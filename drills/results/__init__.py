"""From what was recorded to figures, targets and the result file."""
