"""The one sentence with which a manager's month begins."""

from recobro.reports.material import Figure
from recobro.reports.part import Part
from recobro.reports.ratios import double_reduction
from recobro.terms.dates import previous_year_end

_VERDICTS = {
    (True, True): "both_lower",
    (True, False): "balance_lower",
    (False, True): "ratio_lower",
    (False, False): "neither_lower",
}
"""By whether the balance and the ratio are lower."""


def asset_quality(part: Part) -> str:
    """Return nonperforming balance and ratio, and how they changed since an earlier day.

    Lower in both since the start of the year is called double reduction, and only that.
    """
    heading = part.heading
    now, then = part.whole(heading.as_of), part.whole(heading.since)
    if now is None or now.nonperforming_ratio is None:
        return part.say("sentence.no_loans")
    balance = part.scaled(now.nonperforming_principal)
    ratio = part.language.ratio(now.nonperforming_ratio)
    if then is None or then.nonperforming_ratio is None:
        return part.say("sentence.stock", balance=balance, ratio=ratio)
    if not now.nonperforming_principal and not then.nonperforming_principal:
        return part.say("sentence.clean", day=part.language.day(heading.since))
    change = now.nonperforming_principal - then.nonperforming_principal
    points = (now.nonperforming_ratio - then.nonperforming_ratio).scaleb(2)
    this_year = heading.since == previous_year_end(heading.as_of)
    since = part.say("sentence.day", day=part.language.day(heading.since))
    return part.say(
        "sentence.change",
        balance=balance,
        ratio=ratio,
        since=part.say("sentence.year") if this_year else since,
        change=part.scaled(change, signed=True),
        points=part.language.locale.number(points, places=2, signed=True),
        verdict=part.say(f"sentence.{_verdict(now, then, this_year=this_year)}"),
    )


def _verdict(now: Figure, then: Figure, *, this_year: bool) -> str:
    lower = double_reduction(_stock(now), _stock(then))
    return "double_reduction" if this_year and lower == (True, True) else _VERDICTS[lower]


def _stock(figure: Figure) -> tuple[int, int]:
    return figure.nonperforming_principal, figure.outstanding_principal
