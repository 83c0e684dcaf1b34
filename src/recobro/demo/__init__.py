"""The demonstration bank: a whole rural bank, made up, the same on every machine."""
