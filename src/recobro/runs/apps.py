from django.apps import AppConfig


class RunsConfig(AppConfig):
    """Loads, settlements, and the closes that they lead to."""

    name = "recobro.runs"
    label = "runs"

    def ready(self) -> None:
        """Offer loads, closes and bridges as jobs."""
        from recobro.runs import jobs  # noqa: F401, PLC0415 - Django's models first
