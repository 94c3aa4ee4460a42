"""The single entry point of incidents: opens, triages, closes."""
