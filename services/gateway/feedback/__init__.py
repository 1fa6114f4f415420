"""Feedback, proposals and requests to verify data: a register with states and answers (Regulation 02-QC/BCĐTW, Art. 17)."""
