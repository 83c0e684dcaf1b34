"""Recobro: looking after loans once they are paid out, and recovering those that go bad."""
