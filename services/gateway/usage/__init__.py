"""Who read what, counted (ADR 15)."""
