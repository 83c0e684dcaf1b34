from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The API, with a page that tells of it."""

    name = "recobro.api"
    label = "api"
