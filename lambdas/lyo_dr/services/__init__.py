"""What several states of a process share: joins adapters and decisions, by capability. No state of its own."""
