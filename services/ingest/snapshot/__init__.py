"""From kept pages to a sealed snapshot, and what is found beside those frozen before."""
