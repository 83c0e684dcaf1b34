from django.apps import AppConfig


class JudgementsConfig(AppConfig):
    """What people have judged of a loan or a borrower, for the closes to take."""

    name = "recobro.office.judgements"
    label = "judgements"
