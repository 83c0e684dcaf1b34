"""Looks a machine and a bank's folder over: what is well, what to see to, and how to."""
