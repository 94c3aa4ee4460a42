"""Decisions about messages on their way: what to send next, when to try again, when to give up."""
