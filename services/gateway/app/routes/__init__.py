"""HTTP routes of app."""
