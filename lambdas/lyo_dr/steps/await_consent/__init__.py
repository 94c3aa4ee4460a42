"""Asks a person for approval, prepares the standby meanwhile (reversible), and takes the answer."""
