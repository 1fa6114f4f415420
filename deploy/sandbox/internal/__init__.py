"""Demo rows of the two internal sources, which come as official files until their own interfaces exist."""
