"""What operators and publishers do about a month: the board, freezes, second looks, decisions of two people."""
