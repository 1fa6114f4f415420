"""Bodies and answers of signatures."""
