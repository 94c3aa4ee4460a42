"""What a drill runs in: both regions deployed, addresses, the plan moved to loopback."""
