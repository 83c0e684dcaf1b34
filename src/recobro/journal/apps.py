from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The record of every decision."""

    name = "recobro.journal"
    label = "journal"
