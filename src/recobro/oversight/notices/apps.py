from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices to branches, and reports of theirs, that their heads sign off."""

    name = "recobro.oversight.notices"
    label = "notices"

    def ready(self) -> None:
        """Hear of each close that is shown."""
        from recobro.oversight.notices import receivers  # noqa: F401, PLC0415 - models first
