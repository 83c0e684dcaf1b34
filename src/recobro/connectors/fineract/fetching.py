"""Fetch everything that Fineract knows of loans: a full delivery."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from recobro.connectors.fineract import rows
from recobro.connectors.fineract.client import Client, Told
from recobro.connectors.source import FineractSource, secret
from recobro.connectors.tables import Row, Tables
from recobro.runs.progress import Progress
from recobro.terms.refusal import Refusal

_NOT_AS_DOCUMENTED = (AttributeError, LookupError, TypeError, ValueError, ArithmeticError)
_AT_ONCE = 500
"""Loans that are held in memory with their schedules."""


class FineractUndocumented(Refusal):
    """Something is told otherwise than the API's description says."""

    def __init__(self, error: Exception) -> None:
        super().__init__(
            f"What Fineract tells is not as documented ({error!r}). Nothing was fetched. See of "
            "which version it is, and report this."
        )


def write(source: FineractSource, tables: Tables, *, progress: Progress) -> dict[str, int]:
    """Write offices, staff, clients and loans with schedule and payments.

    Return how many transactions of which kind are in no table. Raises client.FineractRefused,
    FineractUndocumented, source.VariableMissing.
    """
    client = Client(
        source.address,
        tenant=source.tenant,
        user=secret(source.user),
        password=secret(source.password),
    )
    for table, columns in rows.COLUMNS.items():
        tables.begin(table, columns)
    left_out: Counter[str] = Counter()
    try:
        progress("institutions", 0, 1)
        tables.add("institutions", map(rows.institution, client.get("offices")))
        progress("staff", 0, 1)
        tables.add("staff", map(rows.staff, client.get("staff", status="all")))
        progress("borrowers", 0, 1)
        tables.add("borrowers", map(rows.borrower, client.pages("clients")))
        progress("loans", 0, 1)
        _write_loans(client, source, tables, left_out, progress)
    except _NOT_AS_DOCUMENTED as error:
        raise FineractUndocumented(error) from error
    return dict(left_out)


def _write_loans(
    client: Client,
    source: FineractSource,
    tables: Tables,
    left_out: dict[str, int],
    progress: Progress,
) -> None:
    groups: dict[object, Row] = {}
    every = (one for one in client.pages("loans") if rows.is_disbursed(one))
    done = 0
    for few in _few(every):
        told = []
        for one in few:
            progress("loans", done, 0)
            done += 1
            told.append(_whole(client, one["id"]))
        found = (rows.group_of(one) for one in told)
        groups |= {group[0]: group for group in found if group}
        tables.add("loans", (rows.loan(one, source.guarantee) for one in told))
        tables.add("instalments", (row for one in told for row in rows.instalments(one)))
        tables.add("payments", (row for one in told for row in rows.payments(one, left_out)))
    tables.add("borrowers", groups.values())


def _whole(client: Client, number: object) -> Told:
    told: Told = client.get(f"loans/{number}", associations="repaymentSchedule,transactions")
    return told


def _few(every: Iterator[Told]) -> Iterator[list[Told]]:
    while few := list(islice(every, _AT_ONCE)):
        yield few
