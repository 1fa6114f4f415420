"""Signatures of people: mandates, countersigning, signed official files (ADR 13)."""
