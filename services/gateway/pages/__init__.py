"""Server-rendered pages over our own API (ADR 16), a folder a feature."""
