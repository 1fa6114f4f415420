"""All SQL of units; functions take a connection and never commit."""
