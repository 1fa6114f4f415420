"""All SQL of operations; functions take a connection and never commit."""
