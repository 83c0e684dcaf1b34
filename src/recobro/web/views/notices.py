"""What branches are told and report, and who has signed it off."""

from typing import Final

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recobro.book.models import Borrower
from recobro.office.people.enums import Right
from recobro.oversight.notices.models import Notice
from recobro.oversight.notices.operations import SignedOff, sign_off
from recobro.oversight.notices.queries import late, notices_in, sums
from recobro.web import exports
from recobro.web.desk import Asked
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import climb, page

_A_PAGE: Final = 50
EXPORTED: Final = (
    *("borrower", "loan", "village", "currency", "outstanding", "overdue"),
    *("days_past_due", "missed_in_a_row", "missed_ever", "grade"),
)
"""The columns of a file."""


class SignOffForm(forms.Form):
    """What the branch has to say."""

    def __init__(self, asked: Asked, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.fields["remark"] = forms.CharField(
            max_length=1000,
            required=False,
            label=asked.desk.language.say("notices.remark"),
            help_text=asked.desk.language.say("notices.remark_help"),
            widget=forms.Textarea(attrs={"rows": 4}),
        )


@needs(Right.DEBTORS)
@require_safe
def notices(asked: Asked) -> HttpResponse:
    """List the notices to institutions in scope: those that wait for somebody first."""
    desk = asked.desk
    node = desk.node(Right.DEBTORS)
    rows = notices_in(desk.within(Right.DEBTORS))
    context = {
        "page": Paginator(rows, _A_PAGE).get_page(asked.GET.get("page")),
        "late": late(rows, on=desk.on),
    }
    return page(asked, "notices", climb(node, desk.scope(Right.DEBTORS)) | context)


@needs(Right.DEBTORS)
@require_safe
def notice(asked: Asked, number: int) -> HttpResponse:
    """Show a notice: its loans as the close saw them, and who is to sign it off."""
    found = _notice(asked, number)
    return _page(asked, found, SignOffForm(asked) if _may_sign(asked, found) else None)


@needs(Right.SIGN_OFF)
@require_POST
def sign(asked: Asked, number: int) -> HttpResponse:
    """Sign a notice off; whoever comes second is told who was first."""
    found = _notice(asked, number)
    user = asked.desk.user
    if user is None or not asked.desk.scope(Right.SIGN_OFF).has(found.institution):
        raise Http404
    form = SignOffForm(asked, asked.POST)
    if not form.is_valid():
        return _page(asked, found, form, status=422)
    try:
        sign_off(notice=found, by=user, at=timezone.now(), remark=form.cleaned_data["remark"])
    except SignedOff as refused:
        form.add_error(None, in_words(refused, asked.desk.language))
        return _page(asked, found, form, status=409)
    return redirect("notices")


@needs(Right.DEBTORS)
@require_safe
def export(asked: Asked, number: int, form: str) -> HttpResponseBase:
    """Write the loans of a notice as a file."""
    found = _notice(asked, number)
    if form not in exports.FORMS:
        raise Http404
    head = [asked.desk.language.say(f"column.{name}") for name in EXPORTED]
    rows = list(found.loans.select_related("loan"))
    owners = Borrower.objects.in_bulk({row.borrower_id for row in rows})
    told = [
        (
            *(str(owners[row.borrower_id]), row.loan.loan_id, owners[row.borrower_id].village),
            row.currency,
            exports.Money(row.outstanding_principal, row.currency),
            exports.Money(row.overdue_amount, row.currency),
            *(row.days_past_due, row.missed_in_a_row, row.missed_ever, row.grade),
        )
        for row in rows
    ]
    return exports.FORMS[form](f"notice-{found.pk}", head, told)


def _notice(asked: Asked, number: int) -> Notice:
    """Return a notice to an institution in scope; another is none that there is."""
    found = notices_in(asked.desk.scope(Right.DEBTORS)).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _may_sign(asked: Asked, found: Notice) -> bool:
    return found.signed_at is None and asked.desk.scope(Right.SIGN_OFF).has(found.institution)


def _page(
    asked: Asked, found: Notice, form: SignOffForm | None, *, status: int = 200
) -> HttpResponse:
    rows = list(found.loans.select_related("loan"))
    owners = Borrower.objects.in_bulk({row.borrower_id for row in rows})
    context = {
        "notice": found,
        "rows": [(row, owners[row.borrower_id]) for row in rows],
        "sums": sums(found),
        "form": form,
        "late": found.signed_at is None and found.due_on < asked.desk.on,
    }
    frame = climb(found.institution, asked.desk.scope(Right.DEBTORS))
    return page(asked, "notice", frame | context, status=status)
