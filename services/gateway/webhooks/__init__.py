"""Events, and telling bodies' systems of them: signed, tried again for 72 hours, sent once more when asked (INT-13, ADR 19)."""
