"""HTTP routes of oversight."""
