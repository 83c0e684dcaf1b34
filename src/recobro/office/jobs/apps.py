from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Work that is asked for on the pages and done beside them."""

    name = "recobro.office.jobs"
    label = "jobs"
