"""Use cases inside an agency: its units, who answers for which indicator, sections, and their assembly (APR-02)."""
