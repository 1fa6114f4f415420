"""Pages of a report, from the form to the receipt."""
