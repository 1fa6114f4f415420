"""Pages that everybody can open: made once with a publication, served as stored bytes (ADR 21)."""
