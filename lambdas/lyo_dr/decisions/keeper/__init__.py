"""Standing checks of each region: a deposed region that returns, connections, loose ends."""
