"""Pages of administrators: people, keys, mandates, webhooks."""
