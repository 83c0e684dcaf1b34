"""What the bank has put aside, and what it had to."""

from recobro.reports.document import Better, Kind, Row, Section, Table
from recobro.reports.material import INDICATORS
from recobro.reports.part import Part

_MEASURES: tuple[tuple[str, Kind], ...] = (
    ("special_mention_ratio", Kind.RATIO),
    ("overdue_1_ratio", Kind.RATIO),
    ("overdue_30_ratio", Kind.RATIO),
    ("deviation_90", Kind.RATIO),
    ("specific_provision", Kind.MONEY),
    ("general_provision", Kind.MONEY),
    ("required_allowance", Kind.MONEY),
    ("allowance", Kind.MONEY),
    ("gap", Kind.MONEY),
    ("coverage", Kind.RATIO),
    ("allowance_to_loans", Kind.RATIO),
    ("net_capital", Kind.MONEY),
    ("nonperforming_to_net_capital", Kind.RATIO),
    ("uncovered_to_net_capital", Kind.RATIO),
)


def allowance(part: Part) -> Section | None:
    """Return the indicators of the day; None where there are none."""
    found = part.own(INDICATORS)
    if not found:
        return None
    rows = tuple(
        Row(
            (part.say(f"measure.{name}"), getattr(found[0], name)), kind=kind, better=Better.NEITHER
        )
        for name, kind in _MEASURES
    )
    columns = (part.column("measure"), part.column("value", kind=None))
    table = Table(columns, rows, part.currency, part.say("empty.loans"))
    text = part.say("note.no_ledger") if found[0].allowance is None else ""
    return Section(part.title("allowance"), table, text=text)
