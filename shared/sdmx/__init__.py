"""The month as a statistical dataset (SDMX, ISO 17369): what its structure is called, and the structures as they were made."""
