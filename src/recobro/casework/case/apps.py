from django.apps import AppConfig


class CaseConfig(AppConfig):
    """Cases and responsibility."""

    name = "recobro.casework.case"
    label = "case"

    def ready(self) -> None:
        """Hear of each close that is shown."""
        from recobro.casework.case import receivers  # noqa: F401, PLC0415 - Django's models first
