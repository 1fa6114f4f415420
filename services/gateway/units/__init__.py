"""Units inside a body: plan, sections, assembly (ADR 14)."""
