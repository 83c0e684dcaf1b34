from django.apps import AppConfig


class WebConfig(AppConfig):
    """The pages."""

    name = "recobro.web"
    label = "web"

    def ready(self) -> None:
        """Hear of whoever signs in."""
        from recobro.web import sessions  # noqa: F401, PLC0415 - Django's models first
