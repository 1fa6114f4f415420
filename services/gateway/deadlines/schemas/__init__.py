"""Bodies and answers of deadlines."""
