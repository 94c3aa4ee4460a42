"""Where a database is and how the application logs in: addresses and logins in secrets, read and rewritten."""
