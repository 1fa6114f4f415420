"""Files for office programs, made once with a publication and stored as its renderings (ADR 7)."""
