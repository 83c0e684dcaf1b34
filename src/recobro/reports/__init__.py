"""Reports to a bank's board: one report a file, any door renders it."""
