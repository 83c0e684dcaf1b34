"""Doors through which a document leaves: the same document, each form a file of its own."""
