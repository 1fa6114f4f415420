"""HTTP routes of usage."""
