"""The shapes of what is sent and answered: bodies are validated by theirs, documents are described by theirs."""
