"""All SQL of http; functions take a connection and never commit."""
