"""The e-Form: server-rendered pages over our own API. They hold no rule of their own (ADR 16)."""
