"""The one endpoint of the local AWS: every call passes here, is recorded, and can be broken."""
