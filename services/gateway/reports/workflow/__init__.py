"""The steps of a report and who may take them. Pure."""
