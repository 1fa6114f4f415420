"""HTTP routes of units."""
