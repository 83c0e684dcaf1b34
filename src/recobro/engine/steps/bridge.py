"""The bridge of the nonperforming balance between two closes, to the cent, loan by loan."""

from datetime import date

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.steps.tree import rolled_up, root
from recobro.terms.codes import ClosedAs, Source

CLOSING = "closing"

CASH = "cash:"
"""Before the source of a payment: `cash:court` is an item of its own."""

_NOT_CASH = {
    Source.ASSET_IN_KIND.value: "assets_in_kind",
    Source.WAIVER.value: "waived",
    Source.SALE.value: "sold",
}

_LEFT_AS = {
    ClosedAs.REPOSSESSED.value: "assets_in_kind",
    ClosedAs.SOLD.value: "sold",
    ClosedAs.WAIVED.value: "waived",
}

ITEMS: tuple[str, ...] = (
    "opening",
    "restated",
    "moved_in",
    "new",
    "increases",
    *(f"{CASH}{source}" for source in (*Source, "unspecified") if source not in _NOT_CASH),
    "assets_in_kind",
    "waived",
    "returned",
    "written_off",
    "sold",
    "closed_otherwise",
    "moved_out",
    CLOSING,
)
"""The items in the order of the bridge."""

_CELL = ("currency", "institution_id", "item")

_LOAN = ("loan_no", "currency")
"""What amounts are of: a loan whose currency was corrected has some of each, never together."""


def bridge(rows: ir.Table) -> ir.Table:
    """Return currency, institution_id, item, loans, amount of each cell that is not 0."""
    cells = rows.group_by(*_CELL).aggregate(loans=rows.count(), amount=total(rows.amount))
    return cells.filter(cells.amount != 0)


def bridge_rows(
    published: ir.Table,
    recomputed: ir.Table,
    closing: ir.Table,
    portions: ir.Table,
    *,
    first: date,
    last: date,
    above: ir.Table,
) -> ir.Table:
    """Return the rows behind the bridge: currency, institution_id, loan_no, loan_id, item, amount.

    `published` is the close of `first` as it was published, `recomputed` the same day seen with the
    facts of `closing`, the close of `last`; `portions` are those facts' settlement. Amounts are in
    minor units and signed: what comes before the closing adds up to it at every node. The opening
    stands where the loan was then; a loan moves where its institution of now is not under the node,
    or newly is. `above` is the tree of now: what was at an institution that has left it stands
    where the loan is now, else at the root. What was published in another currency than the loan
    has now is restated to nothing in that one, and from nothing in this one.
    """
    loans = _in_tree(_loans(published, recomputed, closing), above)
    changes = _taken_over(loans).union(_changes(loans, portions, first=first, last=last))
    placed = _rows(changes, loans, "now_at", above).union(
        _rows(_known(loans), loans, "then_at", above)
    )
    found = placed.union(_moves(loans, above))
    return found.filter(found.amount != 0).select("loan_no", "loan_id", *_CELL, "amount")


def _bad(standings: ir.Table) -> ir.IntegerValue:
    bad = standings.on_balance & standings.nonperforming
    return ibis.ifelse(bad, standings.outstanding_principal, ibis.literal(0, "int64"))


def _loans(published: ir.Table, recomputed: ir.Table, closing: ir.Table) -> ir.Table:
    """Put what three closes say of each loan that is nonperforming in any of them in one row.

    A loan with two currencies has two.
    """
    looks = [table.mutate(bad=_bad(table)) for table in (published, recomputed, closing)]
    concerned = ibis.union(
        *(look.filter(look.bad > 0).select(*_LOAN) for look in looks), distinct=True
    )
    was, then, now = (look.semi_join(concerned, "loan_no") for look in looks)
    left = ("written_off_on", "closed_on", "closed_as")
    loans = concerned
    for found, name in ((was, "opening"), (then, "restated_to"), (now, "closing")):
        loans = _beside(loans, found.select(*_LOAN, **{name: "bad"}), *_LOAN)
    places = ("loan_id", "institution_id")
    known = was.select("loan_no", **{f"was_{name}": name for name in places})
    loans = _beside(loans, known, "loan_no")
    loans = _beside(loans, now.select("loan_no", *places, *left), "loan_no")
    return loans.select(
        *_LOAN,
        *left,
        loan_id=ibis.coalesce(loans.loan_id, loans.was_loan_id),
        then_at=ibis.coalesce(loans.was_institution_id, loans.institution_id),
        now_at=ibis.coalesce(loans.institution_id, loans.was_institution_id),
        opening=loans.opening.fill_null(0),
        restated_to=loans.restated_to.fill_null(0),
        closing=loans.closing.fill_null(0),
    )


def _in_tree(loans: ir.Table, above: ir.Table) -> ir.Table:
    """Give each loan places that the tree has: a branch that was merged is not under any node."""
    known = above.institution_id
    now_at = ibis.ifelse(loans.now_at.isin(known), loans.now_at, root(above))
    return loans.mutate(
        then_at=ibis.ifelse(loans.then_at.isin(known), loans.then_at, now_at), now_at=now_at
    )


def _beside(loans: ir.Table, found: ir.Table, *key: str) -> ir.Table:
    both = loans.left_join(found, list(key), rname="found_{name}")
    return both.drop(*(f"found_{name}" for name in key))


def _item(loans: ir.Table, item: str | ir.StringValue, amount: ir.IntegerValue) -> ir.Table:
    return loans.select(*_LOAN, item=item, amount=amount)


def _known(loans: ir.Table) -> ir.Table:
    """List what was published, and what later facts and judgements made of it."""
    opening = _item(loans, ibis.literal("opening"), loans.opening)
    return opening.union(_item(loans, ibis.literal("restated"), loans.restated_to - loans.opening))


def _taken_over(loans: ir.Table) -> ir.Table:
    """List what was performing before, and the closing."""
    new = loans.filter(loans.restated_to == 0)
    return _item(new, ibis.literal("new"), new.closing).union(
        _item(loans, ibis.literal(CLOSING), loans.closing)
    )


def _changes(loans: ir.Table, portions: ir.Table, *, first: date, last: date) -> ir.Table:
    """List what was paid of the loans that were nonperforming, and why the rest left."""
    begun = loans.filter(loans.restated_to > 0)
    own = portions.semi_join(begun, "loan_no")
    paid = _principal_paid(begun, own, first=first, last=last)
    sums = paid.group_by("loan_no").aggregate(paid=total(paid.settled))
    left = _beside(begun, sums, "loan_no")
    rest = left.restated_to - left.paid.fill_null(0) - left.closing
    reason = ibis.ifelse(left.closing > 0, "increases", _reason(left, last))
    item = paid.source.cases(*_NOT_CASH.items(), else_=ibis.literal(CASH) + paid.source)
    return _item(paid, item, -paid.settled).union(_item(left, reason, -rest))


def _principal_paid(begun: ir.Table, own: ir.Table, *, first: date, last: date) -> ir.Table:
    """Return loan_no, currency, source, settled: what of the principal each day and source paid."""
    scheduled = own.group_by("loan_no").aggregate(scheduled=own.n.notnull().any())
    lines = own.filter(own.paid_on > first, own.paid_on <= last).join(scheduled, "loan_no")
    lines = lines.filter(lines.n.notnull() | ~lines.scheduled)
    days = lines.group_by("loan_no", "paid_on", "source").aggregate(paid=total(lines.principal))
    days = days.join(begun.select(*_LOAN, "restated_to"), "loan_no")
    so_far = ibis.window(
        group_by=days.loan_no, order_by=[days.paid_on, days.source], rows=(None, 0)
    )
    reached = days.mutate(paid_to=total(days.paid).over(so_far))
    before = reached.paid_to - reached.paid
    return reached.select(
        *_LOAN,
        "source",
        settled=ibis.least(reached.paid_to, reached.restated_to)
        - ibis.least(before, reached.restated_to),
    )


def _reason(loans: ir.Table, last: date) -> ir.StringValue:
    """Name the one item under which the rest of a loan left the nonperforming balance."""
    closed = ibis.coalesce(loans.closed_as, "").cases(*_LEFT_AS.items(), else_="closed_otherwise")
    return ibis.cases(
        (loans.written_off_on <= last, "written_off"),
        (loans.closed_on <= last, closed),
        else_="returned",
    )


def _rows(amounts: ir.Table, loans: ir.Table, place: str, above: ir.Table) -> ir.Table:
    """Repeat the amounts of each loan at every node above its place."""
    known = loans.select(*_LOAN, "loan_id", institution_id=place)
    placed = amounts.join(known, _LOAN).group_by(*_LOAN, "loan_id", "institution_id", "item")
    return _columns(rolled_up(placed.aggregate(amount=total(amounts.amount)), above))


def _moves(loans: ir.Table, above: ir.Table) -> ir.Table:
    """List what left the subtree of a node, and what entered it, with the loan's institution."""
    moved = loans.filter(loans.then_at != loans.now_at)
    amounts = moved.select(
        "loan_no", "loan_id", "currency", "then_at", "now_at", amount="restated_to"
    )
    old = rolled_up(
        amounts.select("loan_no", "loan_id", "currency", "amount", institution_id="then_at"), above
    )
    new = rolled_up(
        amounts.select("loan_no", "loan_id", "currency", "amount", institution_id="now_at"), above
    )
    key = [*_LOAN, "institution_id"]
    out = old.anti_join(new, key)
    return _columns(out.mutate(item=ibis.literal("moved_out"), amount=-out.amount)).union(
        _columns(new.anti_join(old, key).mutate(item=ibis.literal("moved_in")))
    )


def _columns(rows: ir.Table) -> ir.Table:
    return rows.select("loan_no", "loan_id", *_CELL, "amount")
