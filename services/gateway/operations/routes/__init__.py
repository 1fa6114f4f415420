"""HTTP routes of operations."""
