"""The pages: parse, ask one query or operation, render."""
