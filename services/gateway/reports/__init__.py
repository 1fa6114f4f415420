"""A body's monthly report: form, formats, rules, classification, workflow (pure), submissions, receipts, attachments."""
