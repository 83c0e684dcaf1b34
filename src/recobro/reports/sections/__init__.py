"""Sections that make up larger reports: one question, one file."""
