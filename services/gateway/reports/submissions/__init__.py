"""Use cases of a report, from the empty draft to the accepted one."""
