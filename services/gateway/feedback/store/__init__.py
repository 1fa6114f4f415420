"""All SQL of feedback; functions take a connection and never commit."""
