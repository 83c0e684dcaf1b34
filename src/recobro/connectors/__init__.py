"""Fetches deliveries from other systems into the bank's inbox; they are loaded like any other."""
