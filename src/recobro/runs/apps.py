from django.apps import AppConfig


class RunsConfig(AppConfig):
    """Loads, settlements, and the closes that they lead to."""

    name = "recobro.runs"
    label = "runs"
