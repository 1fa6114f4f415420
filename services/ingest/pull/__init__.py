"""Taking a period: asked page by page, every byte kept before it is read, and what happened written down."""
