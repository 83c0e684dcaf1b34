"""Cases that go to somebody else in bulk: seen before, done at once, signed for."""

from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recobro.book.queries import Scope
from recobro.casework.case import queries as ask
from recobro.casework.case.enums import Step
from recobro.casework.case.models import Case, Handover
from recobro.casework.case.operations import hand_over as give
from recobro.casework.case.operations import sign_for
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.office.people.queries import posts_on
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked, as_number
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import page

_A_PAGE: Final = 50
BY_RULE: Final = ":rule"
"""Each case to whom the rule of its place names; nobody is called so."""


class HandOverForm(forms.Form):
    """To whom, and why; what was seen is decided about, nothing else."""

    def __init__(
        self, asked: Asked, takers: QuerySet[User], seen: str = "", data: QueryDict | None = None
    ) -> None:
        super().__init__(data, initial={"to": asked.desk.told("to"), "seen": seen})
        say = asked.desk.language.say
        names = [(user.username, str(user)) for user in takers]
        self.fields["to"] = forms.ChoiceField(
            choices=[("", say("handover.choose")), (BY_RULE, say("handover.by_rule")), *names],
            label=say("case.to"),
        )
        self.fields["reason"] = forms.CharField(
            max_length=400, label=say("case.reason"), required=data is not None
        )
        self.fields["seen"] = forms.CharField(
            max_length=64, required=False, widget=forms.HiddenInput()
        )


class SignForm(forms.Form):
    """What whoever takes the cases has to say."""

    def __init__(self, asked: Asked, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.fields["remark"] = forms.CharField(
            max_length=400,
            required=False,
            label=asked.desk.language.say("approvals.remark"),
            help_text=asked.desk.language.say("handover.remark_help"),
            widget=forms.Textarea(attrs={"rows": 3}),
        )


@needs(Right.ASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(asked: Asked) -> HttpResponse:
    """Show what would become of the chosen cases, or of all of a person; then do it."""
    cases = _chosen(asked)
    if asked.method == "POST" and asked.desk.user is not None:
        return _given(asked, cases, asked.desk.user)
    return _preview(asked, cases, None)


def _given(asked: Asked, cases: list[Case], by: User) -> HttpResponse:
    form = HandOverForm(asked, _takers(asked), data=asked.POST)
    if not form.is_valid():
        return _preview(asked, cases, form, status=422)
    told = form.cleaned_data
    try:
        done = give(
            cases=[case.pk for case in cases],
            to=_taker(told["to"]),
            reason=told["reason"],
            by=by,
            at=timezone.now(),
            seen=told["seen"],
        )
    except Refusal as refused:
        form.add_error(None, in_words(refused, asked.desk.language))
        return _preview(asked, cases, form, status=409)
    if len(done.handovers) == 1 and not done.asked:
        return redirect("handover", done.handovers[0].pk)
    return redirect("handovers" if done.handovers else "approvals")


def _chosen(asked: Asked) -> list[Case]:
    """Return the open cases that the address names: by number, or all of a person."""
    desk = asked.desk
    rows = ask.open_cases(desk.scope(Right.ASSIGN)).select_related("institution", "responsible")
    told = map(as_number, asked.GET.getlist("case"))
    numbers = [number for number in told if number is not None]
    if desk.told("of"):
        rows = rows.filter(responsible__username=desk.told("of"))
    elif numbers:
        rows = rows.filter(pk__in=numbers[: ask.MOST])
    else:
        raise Http404
    return list(rows.order_by("pk")[: ask.MOST])


def _taker(told: str) -> User | None:
    return None if told == BY_RULE else User.objects.get(username=told)


def _takers(asked: Asked) -> QuerySet[User]:
    """Return who collects somewhere in reach, by name; whether they can take each is shown."""
    scope = asked.desk.scope(Right.ASSIGN)
    held = posts_on(asked.desk.on)
    able = {
        post.user_id
        for post in held
        if Right.COLLECT in post.rights
        and (scope.has(post.institution) or _above(post.institution.path, scope))
    }
    return User.objects.filter(pk__in=able).order_by("name")


def _above(path: str, scope: Scope) -> bool:
    return any(own.startswith(path) for own in scope.paths)


def _preview(
    asked: Asked, cases: list[Case], refused: HandOverForm | None, *, status: int = 200
) -> HttpResponse:
    desk = asked.desk
    takers = _takers(asked)
    told = desk.told("to")
    known = {user.username: user for user in takers}
    plan = None
    if desk.user and (told == BY_RULE or told in known):
        plan = ask.plan(cases, to=known.get(told), by=desk.user, on=desk.on)
    form = HandOverForm(asked, takers, plan.fingerprint if plan else "")
    if refused is not None:
        form.fields["reason"].initial = refused.data.get("reason", "")
    context: dict[str, Any] = {
        "form": form,
        "refused": refused,
        "plan": plan,
        "counts": [(step.value, number) for step, number in plan.counts.items()] if plan else [],
        "number": len(cases),
        "names": ask.heads_of([case.household_id for case in cases]),
        "cases": cases,
        "moves": Step.MOVES.value,
    }
    return page(asked, "hand_over", context, status=status)


@needs(Right.DEBTORS)
@require_safe
def handovers(asked: Asked) -> HttpResponse:
    """List the handovers that concern somebody: those to be signed for first."""
    shown = Paginator(_those(asked), _A_PAGE).get_page(asked.GET.get("page"))
    return page(asked, "handovers", {"page": shown})


@needs(Right.DEBTORS)
@require_safe
def handover(asked: Asked, number: int) -> HttpResponse:
    """Show a handover with its cases, to be printed and signed for."""
    return _page(asked, _handover(asked, number), SignForm(asked))


@needs(Right.COLLECT)
@require_POST
def sign(asked: Asked, number: int) -> HttpResponse:
    """Sign for the cases of a handover."""
    found, user = _handover(asked, number), asked.desk.user
    form = SignForm(asked, asked.POST)
    if user is None or not form.is_valid():
        return _page(asked, found, form, status=422)
    try:
        sign_for(handover=found, by=user, at=timezone.now(), remark=form.cleaned_data["remark"])
    except Refusal as refused:
        form.add_error(None, in_words(refused, asked.desk.language))
        return _page(asked, _handover(asked, number), form, status=409)
    return redirect("handover", number)


def _those(asked: Asked) -> QuerySet[Handover]:
    user = asked.desk.user
    if user is None:  # pragma: no cover - the gate lets nobody else in
        return Handover.objects.none()
    return ask.handovers_of(user, asked.desk.scope(Right.DEBTORS))


def _handover(asked: Asked, number: int) -> Handover:
    """Return a handover that concerns the person; another is none that there is."""
    found = _those(asked).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _page(asked: Asked, found: Handover, form: SignForm, *, status: int = 200) -> HttpResponse:
    desk = asked.desk
    rows = list(ask.cases_of(found, desk.user, desk.scope(Right.DEBTORS))) if desk.user else []
    own = desk.user is not None and found.taker_id == desk.user.pk
    context = {
        "handover": found,
        "rows": rows,
        "names": ask.heads_of([row.case.household_id for row in rows]),
        "form": form,
        "signs": own and ask.to_sign_for(found.taker).filter(pk=found.pk).exists(),
    }
    return page(asked, "handover", context, status=status)
