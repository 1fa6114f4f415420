"""`bangdiem demo`: one month closed end to end against the stand-in sources, printed and served. Demo data throughout."""
