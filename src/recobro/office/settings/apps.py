from django.apps import AppConfig


class SettingsConfig(AppConfig):
    """What a bank decides about how its people work, and since when."""

    name = "recobro.office.settings"
    label = "bank_settings"
