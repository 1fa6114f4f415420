"""Pages of the Government Office's registers."""
