"""HTTP routes of reports."""
