"""What people read of a problem: causes, remedies and sentences in both languages, and the register of problem types."""
