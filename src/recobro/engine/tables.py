"""The columns that each table of the book has at rest, described once.

Money is int64 minor units of the loan's (or the row's own) currency. `loan_no` is the book's own
number of a loan: dense, never reused, given in the order of loan_id when a loan first arrives; it
stands at rest where a delivery says loan_id, because joining and grouping by a small integer is
three times as fast as by text. `load_no` and `row` name the delivery and the record a row came
from.
"""

import ibis
import ibis.expr.schema as sch

_ORIGIN = {"load_no": "int32", "row": "int64"}


def _facts(**columns: str) -> sch.Schema:
    return ibis.schema(columns | _ORIGIN)


INSTITUTIONS = _facts(institution_id="!string", parent_id="string", name="string", kind="!string")
STAFF = _facts(staff_id="!string", name="string", institution_id="!string", active="!boolean")
BORROWERS = _facts(
    borrower_id="!string",
    household_id="!string",  # intake fills an empty one with borrower_id
    kind="!string",
    name="string",
    national_id="string",
    phone="string",
    address="string",
    village="string",
    latitude="float64",
    longitude="float64",
    industry="string",
)
LOANS = _facts(
    loan_no="!int64",
    loan_id="!string",
    borrower_id="!string",
    institution_id="!string",
    product="!string",
    currency="!string",
    principal="!int64",
    annual_rate="decimal(9, 6)",
    disbursed_on="!date",
    matures_on="!date",
    guarantee="!string",
    staff_id="string",
    purpose="string",
    replaces_loan_id="string",
    written_off_on="date",
    closed_on="date",
    closed_as="string",
    outstanding_principal="int64",
    delivered_on="date",
)
INSTALMENTS = _facts(
    loan_no="!int64",
    n="!int32",
    due_on="!date",
    principal_due="!int64",
    interest_due="!int64",
    fees_due="!int64",
)
PAYMENTS = _facts(
    payment_id="!string",
    loan_no="!int64",
    paid_on="!date",
    amount="!int64",
    source="string",
    payer="string",
    reverses="string",
)
RESTRUCTURINGS = _facts(
    loan_no="!int64", restructured_on="!date", first_due_on="date", difficulty="!boolean"
)
OBLIGORS = _facts(
    loan_no="!int64",
    borrower_id="!string",
    role="!string",
    liability="string",
    guaranteed_until="date",
    share="decimal(9, 6)",
)
COLLATERAL = _facts(
    collateral_id="!string",
    kind="!string",
    description="string",
    certificate_no="string",
    owner_borrower_id="string",
    value="!int64",
    currency="!string",
    valued_on="date",
    appraiser="string",
    insured_until="date",
    latitude="float64",
    longitude="float64",
)
SECURITIES = _facts(
    collateral_id="!string",
    loan_no="!int64",
    rank="!int32",
    secured_amount="int64",
    registered_on="date",
    registered_until="date",
)
JUDGEMENTS = _facts(
    judgement_id="!string",
    loan_no="int64",
    borrower_id="string",
    kind="!string",
    value="string",
    from_on="!date",
    until_on="date",
    reason="string",
    staff_id="string",
)
LEDGER = _facts(
    institution_id="!string", on="!date", currency="!string", item="!string", amount="!int64"
)

FACTS: dict[str, sch.Schema] = {
    "institutions": INSTITUTIONS,
    "staff": STAFF,
    "borrowers": BORROWERS,
    "loans": LOANS,
    "instalments": INSTALMENTS,
    "payments": PAYMENTS,
    "restructurings": RESTRUCTURINGS,
    "obligors": OBLIGORS,
    "collateral": COLLATERAL,
    "securities": SECURITIES,
    "judgements": JUDGEMENTS,
    "ledger": LEDGER,
}
"""The tables of a delivery in the order in which their parents come first."""

KEYS: dict[str, tuple[str, ...]] = {
    "institutions": ("institution_id",),
    "staff": ("staff_id",),
    "borrowers": ("borrower_id",),
    "loans": ("loan_no",),
    "instalments": ("loan_no", "n"),
    "payments": ("payment_id",),
    "restructurings": ("loan_no", "restructured_on"),
    "obligors": ("loan_no", "borrower_id", "role"),
    "collateral": ("collateral_id",),
    "securities": ("collateral_id", "loan_no"),
    "judgements": ("judgement_id",),
    "ledger": ("institution_id", "on", "currency", "item"),
}
"""What makes a row of a table one row."""

REPLACED_BY: dict[str, tuple[str, ...]] = KEYS | {
    "instalments": ("loan_no",),
    "obligors": ("loan_no",),
    "securities": ("loan_no",),
}
"""Rows of the book that a delta's row takes the place of: those equal in these columns."""

PORTIONS = ibis.schema(
    {
        "loan_no": "!int64",
        "n": "int32",  # empty: no instalment asks for it
        "due_on": "date",
        "paid_on": "date",  # empty: not paid
        "source": "string",
        "fees": "!int64",
        "interest": "!int64",
        "principal": "!int64",
        "beyond": "!int64",  # paid beyond the whole schedule; without a schedule it is principal
        "closes": "!boolean",  # the last portion of its instalment: count and date these
        "position": "int32",  # 1, 2, … among the loan's instalments that ask for something
        "settled_on": "date",
        "late_days": "int32",  # settled_on − due_on; empty where never settled
        "disordered": "boolean",  # the due dates of this loan's instalments run backwards somewhere
        "line_end": "!int64",  # where it ends on the loan's line of money: paid so far, if paid
        "due_until": "date",  # of a portion that closes: the next due date, up to which it is
        "missed_so_far": "!int32",  # the newest; instalments missed, by due date up to this one
        "kept_position": "int32",  # the last one kept among those
        "worst_late_days": "int32",  # the most late_days among those
        "load_no": "!int32",  # the load that settled it; a later settlement of the loan replaces it
    }
)
"""The settlement: every instalment cut where the payments that settle it begin and end."""

SETTLED = ibis.schema(
    dict(PORTIONS.items()) | {"read_from": "!date", "read_until": "!date", "asked_from": "!date"}
)
"""The settlement at rest: a close of a day reads the rows with read_from ≤ day < read_until.

What is over by some day is read one by one before it, and from it on as one row a loan and load.
What is yet to come is not asked for before `asked_from`: the day on which it falls due, or is paid.
"""

REPLACED_PORTIONS = ibis.schema(
    {
        "loan_no": "!int64",
        "load_no": "!int32",  # the load that had settled it
        "kept_to": "!int64",  # what ends there on the line, or before, stays
    }
)
"""Portions of one load that a later one replaced: all of a loan's (0), or beyond a place."""

STANDINGS = ibis.schema(
    {
        "as_of": "date",
        "loan_id": "string",
        "household_id": "string",
        "borrower_id": "string",
        "institution_id": "string",
        "product": "string",
        "currency": "string",
        "guarantee": "string",
        "principal": "int64",
        "outstanding_principal": "int64",
        "paid_total": "int64",
        "overdue_amount": "int64",
        "overdue_principal": "int64",
        "overdue_interest": "int64",
        "overdue_fees": "int64",
        "oldest_unpaid_due_on": "date",
        "days_past_due": "int32",
        "unpaid_instalments": "int64",
        "missed_in_a_row": "int64",
        "missed_ever": "int64",
        "three_six": "boolean",
        "bucket": "string",
        "grade": "string",
        "local_grade": "string",
        "grade_reasons": "array<string>",
        "nonperforming": "boolean",
        "on_balance": "boolean",
        "provision": "int64",
    }
)
"""A standing, column by column, in the order of exports; money in minor units of the currency."""

MONEY: tuple[str, ...] = (
    "principal",
    "outstanding_principal",
    "paid_total",
    "overdue_amount",
    "overdue_principal",
    "overdue_interest",
    "overdue_fees",
    "provision",
)
"""The columns of a standing that are amounts."""

KEPT = {
    "loan_no": "int64",
    "disbursed_on": "date",
    "segment": "string",
    "borrower_kind": "string",
    "staff_id": "string",
    "written_off_on": "date",
    "closed_on": "date",
    "closed_as": "string",
    "replaces_loan_id": "string",
    "settled_principal": "int64",
}
"""What a published close keeps of a loan besides its standing, for figures and reports."""

PUBLISHED = ibis.schema(dict(STANDINGS.items()) | KEPT)
"""The columns of a close's standings.parquet."""
