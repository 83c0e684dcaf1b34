"""How the bank sees to it that what must be done is done."""
