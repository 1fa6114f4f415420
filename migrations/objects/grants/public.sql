-- Nobody has anything in schema public who is not given it.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
