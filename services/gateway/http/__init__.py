"""What every route needs of HTTP and nothing of the field: edge, idempotency, answers, negotiation, problems, runtime."""
