"""The Government Office's registers: meetings, attendance, speeches, initiatives (ADR 12)."""
