from django.apps import AppConfig


class BookConfig(AppConfig):
    """What everyone reads."""

    name = "recobro.book"
    label = "book"
