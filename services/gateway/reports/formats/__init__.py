"""JSON, NDJSON, CSV and XLSX read as the form has them, and written. Pure."""
