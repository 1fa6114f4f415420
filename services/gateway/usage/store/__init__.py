"""All SQL of usage; functions take a connection and never commit."""
