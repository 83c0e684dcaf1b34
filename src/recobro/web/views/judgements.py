"""What people judge of a loan: proposed on its page, decided by a second person."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from recobro.book.models import Loan
from recobro.office.judgements.operations import propose, propose_end
from recobro.office.judgements.queries import holds_on, judgements_of
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.terms.codes import Judgement as Kind
from recobro.terms.grades import GRADE_OF_CODE
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked, Desk
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import climb, page


class JudgementForm(forms.Form):
    """What is judged, from when, until when, and why."""

    def __init__(self, desk: Desk, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"from_on": desk.on})
        say = desk.language.say
        bad = [code for code in GRADE_OF_CODE if code != "normal"]
        self.fields["kind"] = forms.ChoiceField(
            choices=[(kind.value, say(f"judgement.{kind.value}")) for kind in Kind],
            label=say("judge.kind"),
        )
        self.fields["grade"] = forms.ChoiceField(
            choices=[("", "—"), *((code, say(f"grade.{code}")) for code in bad)],
            required=False,
            label=say("judge.grade"),
            help_text=say("judge.grade_help"),
        )
        self.fields["share"] = forms.CharField(
            max_length=8,
            required=False,
            label=say("judge.share"),
            help_text=say("judge.share_help"),
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        )
        self.fields["from_on"] = _day(say("judge.from_on"))
        self.fields["until_on"] = _day(say("judge.until_on"), required=False)
        self.fields["all_loans"] = forms.BooleanField(required=False, label=say("judge.all_loans"))
        self.fields["reason"] = forms.CharField(max_length=400, label=say("case.reason"))

    @property
    def value(self) -> str:
        """The value of the kind that was chosen."""
        told: dict[str, Any] = self.cleaned_data
        of = {Kind.GRADE.value: "grade", Kind.ECL_SHARE.value: "share"}.get(told["kind"])
        return str(told[of]) if of else ""


class EndForm(forms.Form):
    """From when it holds no more, and why."""

    def __init__(self, desk: Desk, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"until_on": desk.on})
        self.fields["until_on"] = _day(desk.language.say("judge.ends_on"))
        self.fields["reason"] = forms.CharField(
            max_length=400, label=desk.language.say("case.reason")
        )


@needs(Right.DEBTORS)
@require_http_methods(["GET", "HEAD", "POST"])
def judgements(asked: Asked, loan_no: int) -> HttpResponse:
    """Show what was judged of a loan; whoever may proposes more."""
    loan, desk = _loan(asked, loan_no), asked.desk
    may = desk.scope(Right.JUDGE).has(loan.institution)
    if asked.method != "POST":
        return _page(asked, loan, JudgementForm(desk) if may else None)
    if desk.user is None or not may:
        raise Http404
    form = JudgementForm(desk, asked.POST)
    if form.is_valid() and _proposed(desk, form, loan, desk.user):
        return redirect("approvals")
    return _page(asked, loan, form, status=422)


@needs(Right.JUDGE)
@require_http_methods(["GET", "HEAD", "POST"])
def end(asked: Asked, loan_no: int, number: int) -> HttpResponse:
    """Propose that a judgement holds no more."""
    loan, desk = _loan(asked, loan_no), asked.desk
    one = get_object_or_404(judgements_of(loan), pk=number)
    if desk.user is None or not desk.scope(Right.JUDGE).has(loan.institution):
        raise Http404
    form = EndForm(desk, asked.POST if asked.method == "POST" else None)
    if form.is_valid():
        try:
            propose_end(
                judgement=one,
                loan=loan,
                until_on=form.cleaned_data["until_on"],
                reason=form.cleaned_data["reason"],
                by=desk.user,
                at=timezone.now(),
            )
        except Refusal as refused:
            form.add_error(None, in_words(refused, desk.language))
        else:
            return redirect("approvals")
    context = {"loan": loan, "one": one, "form": form}
    frame = climb(loan.institution, desk.scope(Right.DEBTORS))
    return page(asked, "judgement_end", frame | context, status=422 if form.errors else 200)


def _proposed(desk: Desk, form: JudgementForm, loan: Loan, by: User) -> bool:
    told = form.cleaned_data
    try:
        propose(
            loan=loan,
            kind=Kind(told["kind"]),
            value=form.value,
            from_on=told["from_on"],
            until_on=told["until_on"],
            reason=told["reason"],
            by=by,
            at=timezone.now(),
            all_loans=told["all_loans"],
        )
    except Refusal as refused:
        form.add_error(None, in_words(refused, desk.language))
        return False
    return True


def _loan(asked: Asked, loan_no: int) -> Loan:
    """Return a loan of the person's institutions; another is none that there is."""
    scope = asked.desk.scope(Right.DEBTORS)
    rows = Loan.objects.filter(scope.within("institution__path"))
    found = rows.select_related("institution", "borrower").filter(pk=loan_no).first()
    if found is None:
        raise Http404
    return found


def _page(
    asked: Asked, loan: Loan, form: JudgementForm | None, *, status: int = 200
) -> HttpResponse:
    desk = asked.desk
    rows = [(one, holds_on(one, desk.on)) for one in judgements_of(loan)]
    may = desk.scope(Right.JUDGE).has(loan.institution)
    context = {"loan": loan, "rows": rows, "form": form, "may": may}
    frame = climb(loan.institution, desk.scope(Right.DEBTORS))
    return page(asked, "judgements", frame | context, status=status)


def _day(label: str, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, widget=widget)
