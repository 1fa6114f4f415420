"""Marks of classified content, wherever they stand. Pure."""
