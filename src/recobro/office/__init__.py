"""What every desk needs."""
