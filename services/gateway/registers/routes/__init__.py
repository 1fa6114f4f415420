"""HTTP routes of registers."""
