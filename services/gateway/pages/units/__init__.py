"""Pages of units: plan, sections, board."""
