"""The booking client of a drill: books at a steady rate and keeps what was acknowledged.

``ledger`` turns its record into outage and loss; ``process`` runs it in a process of its own.
"""
