"""The third door: what the pages show and do, for programs, under /api/v1."""
