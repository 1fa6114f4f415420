"""Stand-ins for the five source systems, served as one separate program over real HTTP (``python -m deploy.sandbox``).

An independent transcription of the source contracts: nothing here comes from the product, and the product never imports it.
All figures are demo data, deterministic by seed and period; only the words and scores named in ``data/README.md`` are real.
"""
