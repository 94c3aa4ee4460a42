"""The booking app of the rehearsal: a small service that keeps the app contract."""
