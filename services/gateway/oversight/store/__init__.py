"""Statements of oversight."""
