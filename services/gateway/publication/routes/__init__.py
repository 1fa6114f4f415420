"""HTTP routes of publication."""
