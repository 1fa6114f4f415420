"""HTTP routes of feedback."""
