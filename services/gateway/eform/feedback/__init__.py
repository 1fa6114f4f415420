"""Pages about feedback about data: sent by bodies, entered by offices for others, answered, forwarded, reopened (Art. 17.2)."""
