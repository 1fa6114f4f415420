"""What holds a month's publication until it is taken in, left out or confirmed by two people (docs/adr/0028, 0036)."""
