"""What is read of a month as a whole: annex of regulation 003, quality of data, findings, commendations."""
