"""The rules of a close, one a file; each is a function of tables or of a table's columns."""
