"""All SQL of reports; functions take a connection and never commit."""
