"""Bodies and answers of feedback."""
