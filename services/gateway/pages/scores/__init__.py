"""Pages about a month's scores: a body's own with its reasons, every body's with what changed, and their publication."""
