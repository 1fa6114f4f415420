"""The form of the monthly report as data, and a report as it is read by it. Pure."""
