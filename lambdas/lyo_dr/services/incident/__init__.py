"""An operator's commands, and the standby they may declare."""
