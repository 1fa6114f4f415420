"""Events and webhooks (ADR 19)."""
