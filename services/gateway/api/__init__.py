"""The public API, one module per resource."""
