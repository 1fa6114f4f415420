"""Bodies and answers of publication."""
