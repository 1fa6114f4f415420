"""The first page: what waits for whoever opens it, their body's last points, and the months."""
