"""Use cases of a submission: draft, check, confirm, hand over, approve, sign. Each opens one transaction of its own."""
