"""Bodies and answers of usage."""
