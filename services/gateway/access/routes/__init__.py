"""HTTP routes of access."""
