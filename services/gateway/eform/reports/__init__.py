"""Pages of a body's monthly report: begin, write, check, hand over, approve, sign, receipt."""
