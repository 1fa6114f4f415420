"""Bodies and answers of http."""
