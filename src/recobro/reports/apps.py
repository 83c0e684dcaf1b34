from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Reports that are asked for on the pages."""

    name = "recobro.reports"
    label = "reports"

    def ready(self) -> None:
        """Offer reports as jobs."""
        from recobro.reports import jobs  # noqa: F401, PLC0415 - Django's models first
