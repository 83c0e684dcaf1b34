from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    """Posts that a second person confirms before they are held."""

    name = "recobro.office.appointments"
    label = "appointments"

    def ready(self) -> None:
        """Know what happens once a post is confirmed; hear of each given or left otherwise."""
        from recobro.office.appointments import operations, receivers  # noqa: F401, PLC0415 - Django's models first
