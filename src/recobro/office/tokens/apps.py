from django.apps import AppConfig


class TokensConfig(AppConfig):
    """Tokens of the API, and the answers that their keys have been given."""

    name = "recobro.office.tokens"
    label = "tokens"
