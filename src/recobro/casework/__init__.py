"""What people do about a household's debt."""
