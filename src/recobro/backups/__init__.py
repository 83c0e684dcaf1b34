"""Backups of a bank's folder and database, made while people work, and the way back."""
