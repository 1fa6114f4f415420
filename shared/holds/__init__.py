"""What holds the publication of a month's first version, until it is taken in or left out by two people (docs/adr/0028)."""
