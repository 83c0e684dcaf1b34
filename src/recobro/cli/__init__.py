"""The command line: one door to the operations and queries."""
