"""The meeting place: a household's problem debt, and the person who is responsible for it."""
