"""Extensions, late acceptances, completeness: until when a report counts, and who has reported."""
