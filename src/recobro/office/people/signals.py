from django.dispatch import Signal

left = Signal()
"""Somebody holds a post or an account no more, in the same transaction: `user`, `at`.

Whoever rests work on a person refuses here, and nothing has changed.
"""
