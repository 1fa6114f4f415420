"""Bodies and answers of notifications."""
