"""Documents of oversight."""
