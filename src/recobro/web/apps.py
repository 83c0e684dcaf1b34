from django.apps import AppConfig


class WebConfig(AppConfig):
    """The pages."""

    name = "recobro.web"
    label = "web"
