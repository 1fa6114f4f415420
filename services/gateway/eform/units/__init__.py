"""Pages inside a body: its units, who answers for what, their sections, the board of a month, the assembly (APR-02)."""
