"""Rotation of the application's database logins, by alternating users."""
