from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People, their posts, and what these let them see and do."""

    name = "recobro.office.people"
    label = "people"
