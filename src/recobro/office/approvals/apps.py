from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """What one person asks for and a second one decides."""

    name = "recobro.office.approvals"
    label = "approvals"
