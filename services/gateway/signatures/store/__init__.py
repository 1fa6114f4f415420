"""All SQL of signatures; functions take a connection and never commit."""
