from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    """Posts that a second person confirms before they are held."""

    name = "recobro.office.appointments"
    label = "appointments"

    def ready(self) -> None:
        """Hear of each post that is given or left otherwise."""
        from recobro.office.appointments import receivers  # noqa: F401, PLC0415 - Django's models first
