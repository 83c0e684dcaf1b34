from datetime import date

from django.db.models import Max, Q, QuerySet

from recobro.book.models import Loan
from recobro.office.judgements.models import Judgement


def last_number() -> int:
    """Return the number of the last judgement; 0 where there is none."""
    return int(Judgement.objects.aggregate(last=Max("pk"))["last"] or 0)


def judged_up_to(number: int) -> list[dict[str, object]]:
    """Return what was judged up to a number, as the table judgements of a delivery has it.

    What was ended up to that number holds until then.
    """
    rows = Judgement.objects.filter(pk__lte=number).select_related("request__asked_by")
    ends = {row.ends_id: row.until_on for row in rows if row.ends_id}
    return [
        {
            "judgement_id": f"recobro-{row.pk}",
            "loan_no": row.loan_id,
            "borrower_id": row.borrower_id if row.loan_id is None else None,
            "kind": row.kind,
            "value": row.value or None,
            "from_on": row.from_on,
            "until_on": ends.get(row.pk, row.until_on),
            "reason": row.reason,
            "staff_id": row.request.asked_by.staff_id or None,
            "load_no": None,
            "row": row.pk,
        }
        for row in rows
        if row.ends_id is None
    ]


def judgements_of(loan: Loan) -> QuerySet[Judgement]:
    """Return what was judged of a loan or its borrower, the last first, each with what ended it."""
    about = Q(loan=loan) | Q(loan__isnull=True, borrower=loan.borrower_id)
    rows = Judgement.objects.filter(about, ends__isnull=True)
    people = ("request__asked_by", "request__decided_by", "ended_by")
    return rows.select_related(*people).order_by("-pk")


def holds_on(one: Judgement, on: date) -> bool:
    """Tell whether a judgement of `judgements_of` is in force on a day."""
    ended = getattr(one, "ended_by", None)
    until = ended.until_on if ended else one.until_on
    return one.from_on <= on and (until is None or on < until)
