"""The command line; the only package that knows all three services."""

from services.cli.application import main

__all__ = ["main"]
