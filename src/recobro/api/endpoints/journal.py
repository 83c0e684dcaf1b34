from datetime import datetime
from typing import Any

from ninja import Query, Router

from recobro.api.answers import Answer
from recobro.api.caller import Asked
from recobro.api.gate import Token
from recobro.api.inputs import Limit, Number, Text
from recobro.api.inputs import Query as Asking
from recobro.book.models import Institution
from recobro.journal import models
from recobro.journal.queries import told_in
from recobro.office.people.enums import Right

router = Router()


class Sought(Asking):
    """Which entries."""

    at: Text = ""
    """An institution by its id, with all below it; else everything that the token opens."""
    search: Text = ""
    """Words that are in the act, in who did it, or in what it is about."""
    before: Number | None = None
    """Entries older than the one of this number."""
    limit: Limit = 50
    """So many at once."""


class Entry(Answer):
    """One decision; it is written once and never changed."""

    number: int
    at: datetime
    by: str
    """The user name of who decided; `recobro` where nobody did."""
    act: str
    subject: str
    institution: str
    """Its id; empty: it belongs to the whole bank."""
    reason: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    chain: str
    position: int
    digest: str
    """Of this entry and the one before it in its chain."""


class Entries(Answer):
    """Part of the journal, newest first."""

    items: list[Entry]
    next: int | None
    """Ask for what is before this number to go on; empty: there is nothing older."""


def _told(one: models.Entry) -> Entry:
    return Entry(
        number=one.pk,
        at=one.at,
        by=one.by,
        act=one.act,
        subject=one.subject,
        institution=one.institution_id,
        reason=one.reason,
        before=one.before,
        after=one.after,
        chain=one.chain,
        position=one.position,
        digest=one.digest,
    )


@router.get("/journal", response=Entries, auth=Token(Right.JOURNAL))
def journal(request: Asked, sought: Query[Sought]) -> Entries:
    """List what was decided in your institutions: who, when, why, before and after."""
    caller = request.auth
    scope = caller.within(Right.JOURNAL, sought.at)
    seen = Institution.objects.filter(scope.within()).values_list("pk", flat=True)
    whole = Institution.objects.filter(parent__isnull=True, path__in=scope.paths).exists()
    rows = told_in([*seen, *([""] if whole else [])], search=sought.search)
    if sought.before is not None:
        rows = rows.filter(pk__lt=sought.before)
    found = list(rows[: sought.limit + 1])
    shown = found[: sought.limit]
    return Entries(
        items=[_told(one) for one in shown],
        next=shown[-1].pk if len(found) > len(shown) else None,
    )
