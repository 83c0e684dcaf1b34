"""A bank's delivery becomes typed tables and findings."""

from recobro.intake.delivery import Delivery, Taken, read
from recobro.intake.desk import AtHand
from recobro.intake.drift import Change, Kinds, LayoutDiffers, changes
from recobro.intake.mapping import Mapping, MappingInvalid
from recobro.intake.profile import column_kinds
from recobro.intake.refusals import DeliveryRefused
from recobro.intake.suggest import suggest

__all__ = [
    "AtHand",
    "Change",
    "Delivery",
    "DeliveryRefused",
    "Kinds",
    "LayoutDiffers",
    "Mapping",
    "MappingInvalid",
    "Taken",
    "changes",
    "column_kinds",
    "read",
    "suggest",
]
