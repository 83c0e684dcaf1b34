from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Reports that are asked for on the pages."""

    name = "recobro.reports"
    label = "reports"
