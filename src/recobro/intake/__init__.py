"""A bank's delivery becomes typed tables and findings."""

from recobro.intake.delivery import Delivery, Taken, read
from recobro.intake.desk import Kind
from recobro.intake.layout import LayoutChanged, layout
from recobro.intake.mapping import Mapping, MappingInvalid
from recobro.intake.refusals import DeliveryRefused
from recobro.intake.suggest import suggest

__all__ = [
    "Delivery",
    "DeliveryRefused",
    "Kind",
    "LayoutChanged",
    "Mapping",
    "MappingInvalid",
    "Taken",
    "layout",
    "read",
    "suggest",
]
