"""HTTP routes of http."""
