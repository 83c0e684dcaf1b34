from django.apps import AppConfig


class TokensConfig(AppConfig):
    """Tokens of the API, and the answers that their keys have been given."""

    name = "recobro.office.tokens"
    label = "tokens"

    def ready(self) -> None:
        """Hear of each account whose tokens are to end."""
        from recobro.office.tokens import receivers  # noqa: F401, PLC0415 - Django's models first
