"""Pages of administrators: people with their roles, keys of a body's systems, who may sign for it."""
