"""Scales one service up to its planned capacity."""
