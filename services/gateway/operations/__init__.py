"""What operators and publishers do: commands, rulings, applicability, calendar, snapshots, runs, status."""
