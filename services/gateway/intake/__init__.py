"""Reports as they come in: the form, the formats, the checks, the workflow's rules. All of it pure."""
