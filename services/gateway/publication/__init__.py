"""What is read of a published month: sheets, periods, agencies, schemes, reports beside them, public pages."""
