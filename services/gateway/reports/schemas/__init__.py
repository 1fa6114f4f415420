"""Bodies and answers of reports."""
