"""The application's own: the OpenAPI document, the role matrix, health, problem pages."""
