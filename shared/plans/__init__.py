"""Plans: what a run or a publication would change, and whether what they rest on is still so (docs/adr/0034)."""
