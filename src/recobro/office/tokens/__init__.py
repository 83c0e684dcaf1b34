"""Tokens: how a program of a person's is known at the API, and what it has asked for already."""
