"""All SQL of deadlines; functions take a connection and never commit."""
