"""What everyone reads: the published closes."""
