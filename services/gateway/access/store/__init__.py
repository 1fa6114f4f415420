"""All SQL of access; functions take a connection and never commit."""
