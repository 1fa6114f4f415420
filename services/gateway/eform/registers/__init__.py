"""Pages of the Government Office's registers: meetings, attendance, speeches, closings (docs/registers.md)."""
