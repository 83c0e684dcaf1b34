"""Loads and closes: the only room that brings intake, lake, engine and database together."""
