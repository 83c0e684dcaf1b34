"""The tables of a delivery, and their columns, for whoever makes one."""

from collections.abc import Mapping
from typing import Final

from recobro.intake.tables import CONTRACTS

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(contract.columns) for name, contract in CONTRACTS.items()
}
"""The columns of each table, parents before their children."""
