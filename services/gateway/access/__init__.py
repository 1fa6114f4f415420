"""Who may do what: keys and tokens, people and members, second factors, request signatures, tenancy, permits."""
