"""Pages of feedback about data."""
