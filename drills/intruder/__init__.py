"""The intruder: a process with a leaked login and an address of its own."""
