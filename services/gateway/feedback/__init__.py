"""Feedback about data: a register with states and answers (Art. 17.2, ADR 15)."""
