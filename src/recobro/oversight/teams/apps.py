from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """Teams that lead, help and clear, with their members, cases and results."""

    name = "recobro.oversight.teams"
    label = "teams"

    def ready(self) -> None:
        """Hear of each close that is shown, and of whoever leaves."""
        from recobro.oversight.teams import receivers  # noqa: F401, PLC0415 - models first
