from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Programs that are told of what happens, and what each was told."""

    name = "recobro.office.webhooks"
    label = "webhooks"
