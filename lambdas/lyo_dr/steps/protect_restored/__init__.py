"""After users are served by a restored database: a second zone, a replica in the other region, the damaged one kept."""
