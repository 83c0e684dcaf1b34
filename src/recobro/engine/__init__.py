"""The arithmetic of a close, as expressions over tables: no Django, no files, no clock."""
