"""All SQL of registers; functions take a connection and never commit."""
