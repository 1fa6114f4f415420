"""Use cases of the registers that the Government Office keeps, and of initiatives for the bonus."""
