"""All SQL of publication; functions take a connection and never commit."""
