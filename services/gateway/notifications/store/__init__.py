"""All SQL of notifications; functions take a connection and never commit."""
