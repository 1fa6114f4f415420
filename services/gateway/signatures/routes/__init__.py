"""HTTP routes of signatures."""
