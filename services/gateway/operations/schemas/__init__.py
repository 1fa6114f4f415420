"""Bodies and answers of operations."""
