"""A period that comes by official file."""
