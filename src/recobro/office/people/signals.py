from django.dispatch import Signal

left = Signal()
"""Somebody holds a post or an account no more, in the same transaction: `user`, `at`.

Whoever rests work on a person refuses here, and nothing has changed.
"""

given = Signal()
"""Somebody holds a post more, in the same transaction: `post`, `at`."""

expected = Signal()
"""Which posts wait for somebody, or which one did last of who never held any: `user`.

Whoever knows of some answers with posts that nobody holds.
"""

shut_out = Signal()
"""What is open in somebody's name is to end, in the same transaction: `user`, `at`, `by`, a name.

Their account has ended or come back, or somebody else has set their password or taken their second
factor away: nobody knows in whose hands it was.
"""
