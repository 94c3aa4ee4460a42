"""The response to a breach: judged, preserved, told, contained, rotated, proven, assessed."""
