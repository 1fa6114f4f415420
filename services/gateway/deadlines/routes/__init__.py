"""HTTP routes of deadlines."""
