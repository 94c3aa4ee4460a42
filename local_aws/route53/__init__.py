"""Route 53's data plane: health checkers that really probe, latched checks, failover answers, a DNS server.

It runs inside the process of the local AWS and reads its state; Route 53's API itself stays the local AWS's.
``alarms``, ``health`` and ``answers`` are pure; ``source`` is the only module that knows the emulator.
"""
