"""The bridge of the nonperforming balance between two dates (§4), loan by loan, to the cent."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from tests.oracle.account import Account, account
from tests.oracle.book import Book
from tests.oracle.figures import nodes_over
from tests.oracle.rules import Rules
from tests.oracle.standing import Standing, standings

ADDS = ("opening", "restated", "moved_in", "new", "increases")
NOT_CASH = {"asset_in_kind": "assets_in_kind", "waiver": "waived", "sale": "sold"}
LEFT_AS = {"repossessed": "assets_in_kind", "sold": "sold", "waived": "waived"}

Cells = dict[tuple[str, str], Counter[str]]
"""By institution (its whole subtree) and currency: the amounts by item.

What the bridge takes away is positive here too; cash is an item for each source: `cash:court`.
"""


def bridge(
    book: Book, published: Iterable[Standing], first: date, last: date, rules: Rules
) -> Cells:
    """Return the bridge from the close of `first`, as published, to the close of `last`.

    A loan whose currency was corrected since has amounts of either, which never meet.
    """
    was = {one["loan_id"]: one for one in published}
    opening = {one["loan_id"]: one for one in standings(book, first, rules)}
    closing = {one["loan_id"]: one for one in standings(book, last, rules)}
    cells: Cells = {}
    for loan_id in sorted(was.keys() | closing.keys()):
        then, now = opening.get(loan_id), closing.get(loan_id)
        between = flows(account(book, loan_id, rules), then, now, first, last) if now else Counter()
        looks = (was.get(loan_id), then, now)
        for currency in {one["currency"] for one in looks if one}:
            own = between if now and now["currency"] == currency else Counter()
            for node, items in at_nodes(book, *looks, own, currency).items():
                cells.setdefault((node, currency), Counter()).update(items)
    return cells


def at_nodes(
    book: Book,
    was: Standing | None,
    then: Standing | None,
    now: Standing | None,
    between: Counter[str],
    currency: str,
) -> dict[str, Counter[str]]:
    """Return what one loan adds to the bridge of each node in one currency.

    The opening stands where the loan was published, and so does what is restated; a loan moves
    where its institution of today is not under the node, or newly is. Where a branch has left the
    tree, its loans stand where they are now, else at the root.
    """
    new_nodes = nodes_of(book, now) or nodes_of(book, was) or {book.institutions[0].institution_id}
    old_nodes = nodes_of(book, was) or new_nodes
    published, restated = bad_balance(was, currency), bad_balance(then, currency)
    items: dict[str, Counter[str]] = {node: Counter() for node in old_nodes | new_nodes}
    for node, cell in items.items():
        if node in old_nodes:
            cell.update(opening=published, restated=restated - published)
        if node in old_nodes - new_nodes:
            cell.update(moved_out=restated)
        if node in new_nodes - old_nodes:
            cell.update(moved_in=restated)
        if node in new_nodes:
            cell.update(between)
            cell.update(closing=bad_balance(now, currency))
    return items


def nodes_of(book: Book, standing: Standing | None) -> set[str]:
    """Return the nodes whose subtree holds a loan: none if its institution has left the tree."""
    place = standing["institution_id"] if standing else None
    known = place in {one.institution_id for one in book.institutions}
    return set(nodes_over(book, place)) if known else set()


def bad_balance(standing: Standing | None, currency: str | None = None) -> int:
    """Return what is left of a nonperforming loan on balance; 0 for any other, or another money."""
    counts = standing and currency in {None, standing["currency"]}
    if standing and counts and standing["on_balance"] and standing["nonperforming"]:
        return standing["outstanding_principal"]
    return 0


def flows(
    account: Account, then: Standing | None, now: Standing, first: date, last: date
) -> Counter[str]:
    """Return what changed one loan's nonperforming balance after `first` up to `last`."""
    before, after = bad_balance(then), bad_balance(now)
    if before == 0:
        return Counter(new=after)
    items = settled_by_source(account, first, last)
    rest = before - items.total() - after
    if now["on_balance"] and now["nonperforming"]:
        items["increases"] -= rest
    else:
        items[reason_of_leaving(account, last)] += rest
    return items


def settled_by_source(account: Account, first: date, last: date) -> Counter[str]:
    """Return the principal that the payments of an interval settled, payment by payment."""
    items: Counter[str] = Counter()
    paid = account.paid(first)
    for payment in account.payments:
        if first < payment.paid_on <= last:
            source = payment.source or ""
            settled = account.outstanding_after(paid)
            paid += payment.amount
            settled -= account.outstanding_after(paid)
            items[NOT_CASH.get(source, f"cash:{source}")] += settled
    return items


def reason_of_leaving(account: Account, last: date) -> str:
    """Return under which item a loan leaves the nonperforming balance."""
    loan = account.loan
    if loan.written_off_on and loan.written_off_on <= last:
        return "written_off"
    if loan.closed_on and loan.closed_on <= last:
        return LEFT_AS.get(loan.closed_as or "", "closed_otherwise")
    return "returned"


def ties(cell: Counter[str]) -> bool:
    """Say whether opening and changes make the closing, to the minor unit."""
    came = sum(cell[item] for item in ADDS)
    went = sum(amount for item, amount in cell.items() if item not in (*ADDS, "closing"))
    return came - went == cell["closing"]
