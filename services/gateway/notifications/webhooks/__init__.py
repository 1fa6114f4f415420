"""Webhooks: registered, signed, tried for 72 hours, replayed."""
