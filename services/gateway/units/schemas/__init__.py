"""Bodies and answers of units."""
