from django.apps import AppConfig


class SavedConfig(AppConfig):
    """Views of the lists that people have saved."""

    name = "recobro.office.saved"
    label = "saved"
