"""Bodies and answers of registers."""
