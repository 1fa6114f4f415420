"""Periods written from what was entered here: reports of the bodies, registers of the Government Office."""
