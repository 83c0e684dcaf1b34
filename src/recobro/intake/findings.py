"""Findings of one delivery: what they say, and how they are gathered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from recobro.engine.tables import FACTS
from recobro.terms.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import ibis.expr.types as ir

    from recobro.intake.desk import Desk

REJECTIONS: Mapping[str, str] = {
    "missing-value": "{column} is empty. Fill it in and deliver the row again.",
    "bad-date": "{column} says '{value}', which is no date from 1900 on. Write it as YYYY-MM-DD.",
    "bad-amount": "{column} says '{value}', which is no amount. Write digits with a decimal point"
    " and nothing else, such as 1234.50; a payment is more than zero.",
    "bad-number": "{column} says '{value}', which is no number that it can take. Correct it.",
    "bad-text": "{column} holds a control character, which cannot be written. Remove it and deliver"
    " the row again.",
    "too-many-decimals": "{column} says '{value}': more decimals than it can have."
    " Deliver the amount as core banking books it; nothing is rounded here.",
    "negative-amount": "{column} says '{value}'. Negative amounts (capitalised interest, revolving"
    " lines) are not covered; cancel a payment by a row that names it in reverses.",
    "unknown-code": "{column} says '{value}'. Use one of: {allowed}.",
    "currency-unknown": "{column} says '{value}', which is no currency of ISO 4217, such as CNY.",
    "currency-changed": "{column} says '{value}', but the book has the loan in {earlier}, and"
    " amounts of it that were delivered in that would stay. Deliver loans, instalments, payments"
    " and securities together in full, or the loan under a number of its own.",
    "formula-error": "{column} says '{value}' in place of a formula's result. Have the workbook"
    " computed and saved again, or write the value itself.",
    "duplicate-row": "The row says the same as row {first}, which stands for both. Deliver it"
    " once.",
    "parent-missing": "{column} names '{value}', but {parent} has no such row, neither in this"
    " delivery nor in the book. Deliver it, and this row again.",
    "parent-rejected": "{column} names '{value}', and that row of {parent} was rejected. Correct"
    " it, and deliver both again.",
    "set-rejected": "Another instalment of loan '{value}' was rejected, so its whole schedule was;"
    " {earlier}. Correct that row and deliver the schedule whole.",
    "reversal-without-payment": "reverses names '{value}', but {reason}. Name the payment that this"
    " row cancels, with the same loan and amount.",
    "payment-reversed": "The book's reversal '{reversal}' cancels payment '{value}', and {reason}."
    " The payment stays as it was. Deliver the right one under a number of its own, or this row"
    " together with the reversal, changed alike.",
    "due-before-disbursement": "{column} says '{value}', before the loan was disbursed on {since}."
    " Correct one of the two dates.",
}
"""The codes that reject a row."""

WARNINGS: Mapping[str, str] = {
    "instalment-gap": "The schedule of loan '{value}' jumps from instalment {before} ({due_before})"
    " to {n} ({due_on}). The numbers decide the order; check that none is missing.",
    "schedule-does-not-add-up": "Loan '{value}' was disbursed with {principal}, its instalments ask"
    " for {scheduled} of principal. Check the schedule.",
    "payment-before-disbursement": "Loan '{value}' was paid on {paid_on}, before it was disbursed"
    " on {since}. Check the dates.",
    "payment-in-the-future": "The payment is dated {value}, after this delivery ({on}). It counts"
    " from that day on; check the date.",
    "history-rewritten": "Instalment {n} of loan '{value}', due on {due_on}, was dropped or"
    " changed although it is past. Repeat past instalments as they were asked.",
    "balance-differs-from-core": "Loan '{value}' owes {outstanding} of principal by its"
    " instalments and payments, core banking says {told} on {on}. Find the missing rows.",
    "ledger-differs": "The general ledger of '{value}' says {told} {currency} of loans on {on}, the"
    " loans below it owe {outstanding}. Find the difference.",
    "unknown-reference": "{column} names '{value}', which is not known in {parent}. The cell was"
    " emptied; the row counts.",
    "unknown-column": "No column of {table} is called '{value}'; it was not read. Rename it if it"
    " is one of: {allowed}.",
    "unknown-file": "'{value}' is no table of the loan book; it was not read.",
    "loan-vanished": "Loan '{value}' was in the book and this full delivery has no row of it that"
    " counts, so it leaves the book; its case stays open. Deliver it again if that is wrong.",
    "rows-vanished": "Loan '{value}' had rows of {table} in the book and has none in this full"
    " delivery. Deliver them again if that is wrong.",
}
"""The codes that only warn."""

MESSAGES: Mapping[str, str] = {**REJECTIONS, **WARNINGS}

COLUMNS = ibis.schema(
    {
        "code": "string",
        "table": "string",
        "file": "string",
        "row": "int64",
        "column": "string",
        "value": "string",
        "message": "string",
        "warning": "boolean",
    }
)
"""The columns of the file of findings: those of `Finding`."""

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """One code and the rows that it befalls.

    `rows` has a column `row`, `value`, perhaps `file`, and one for each further part of the code's
    message.
    """

    code: str
    rows: ir.Table
    column: str | None = None


class Findings:
    """The findings of a delivery, kept as they are found and written as one file."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._parts: list[ir.Table] = []
        self._single: list[Finding] = []
        self._codes: Counter[str] = Counter()

    def add(self, code: str, *, table: str, file: str, value: str, **parts: str) -> None:
        """Warn of a whole table or file."""
        message = WARNINGS[code].format(table=table, value=value, **parts)
        self._single.append(Finding(code, table, file, None, None, value, message, warning=True))
        self._codes[code] += 1

    def report(self, verdict: Verdict, *, table: str, file: str) -> ir.Table | None:
        """Keep what a verdict says of rows of a table; return those rows, or None."""
        rows = self._desk.keep(verdict.rows, f"{table}.{verdict.code}")
        number = self._desk.count(rows)
        if not number:
            return None
        self._codes[verdict.code] += number
        self._parts.append(_found(verdict, rows, table, file))
        return rows

    def write(self, path: Path) -> Mapping[str, int]:
        """Write all findings in the order of tables and rows; return how many there are by code."""
        single = self._desk.few([_record(finding) for finding in self._single], COLUMNS)
        found = ibis.union(single, *self._parts) if self._parts else single
        place = found.table.cases(*((name, n) for n, name in enumerate(FACTS)), else_=-1)
        ordered = found.order_by(place, found.row.asc(nulls_first=True), "column", "code", "value")
        self._desk.copy(ordered, path)
        return dict(sorted(self._codes.items()))


def _record(finding: Finding) -> dict[str, object]:
    return {name: getattr(finding, name) for name in COLUMNS}


def _found(verdict: Verdict, rows: ir.Table, table: str, file: str) -> ir.Table:
    """Return the findings of a verdict (COLUMNS)."""
    rows = rows.mutate(value=rows.value.cast("string").substr(0, _SHOWN))
    found = rows.select(
        code=ibis.literal(verdict.code),
        table=ibis.literal(table),
        file=rows.file if "file" in rows.columns else ibis.literal(file),
        row=rows.row,
        column=ibis.literal(verdict.column, "string"),
        value=rows.value,
        message=_message(verdict, rows),
        warning=ibis.literal(verdict.code in WARNINGS),
    )
    return found.cast(COLUMNS)


def _message(verdict: Verdict, rows: ir.Table) -> ir.StringValue:
    """Put the row's own parts where the code's text names them."""
    text = ibis.literal(MESSAGES[verdict.code].replace("{column}", verdict.column or ""))
    for name in rows.columns:
        if "{" + name + "}" in MESSAGES[verdict.code]:
            text = text.replace("{" + name + "}", rows[name].cast("string").fill_null("–"))
    return text
