"""Every part that pages are made of, in every state: for who builds them and who looks."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_safe

from recobro.reports.language import Language
from recobro.terms.grades import BUCKETS, Grade
from recobro.web.charts import sparkline
from recobro.web.desk import Asked
from recobro.web.gate import needs
from recobro.web.loan_columns import COLUMNS
from recobro.web.render import page

ON: Final = date(2026, 6, 30)
AT: Final = datetime(2026, 6, 30, 8, 15, tzinfo=UTC)
CURRENCY: Final = "CNY"
COLOURS: Final = (
    *("paper", "raised", "sunk", "ink", "quiet", "line", "edge", "accent", "on-accent"),
    *("good", "bad", "warn", "warn-paper", "bad-paper"),
)
"""The tokens of colour, but for those of the grades."""
SIZES: Final = ("small", "body", "large", "title", "number")
STATES: Final = ("waiting", "running", "done", "refused", "failed", "ended")
_GRADES: Final = tuple(grade.code for grade in Grade)
_LINE: Final = (4.0, 4.2, 4.1, 4.6, 5.0, None, 5.4, 5.1, 4.8, 4.9, 4.4, 4.0)


class SampleForm(forms.Form):
    """A field of each kind, some of them wrong."""

    def __init__(self, language: Language) -> None:
        super().__init__(QueryDict("reason=&mandate=&day=&grade=none"))
        say, texts = language.say, language.texts
        self.fields["reason"] = forms.CharField(label=say("case.reason"))
        self.fields["day"] = forms.DateField(
            label=say("jobs.day"), widget=forms.DateInput(attrs={"type": "date"})
        )
        self.fields["grade"] = forms.ChoiceField(
            choices=[(code, texts[f"grade.{code}"]) for code in _GRADES],
            label=texts["column.grade"],
        )
        self.fields["mandate"] = forms.CharField(
            label=say("teams.mandate"),
            help_text=say("teams.mandate_help"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self.fields["on"] = forms.BooleanField(required=False, label=say("jobs.on"))
        self.add_error(None, say("error_do.stale_form"))


@needs()
@require_safe
def components(asked: Asked) -> HttpResponse:
    """Show every part and state of the pages."""
    language = asked.desk.language
    context = {
        "colours": COLOURS,
        "grades": _GRADES,
        "sizes": SIZES,
        "states": STATES,
        "form": SampleForm(language),
        "tiles": _tiles(language),
        "rows": _rows(),
        "parts": _parts(),
        "offered": COLUMNS.offered(COLUMNS.named(COLUMNS.usual[:4]))[:6],
        "notices": _notices(),
        "jobs": [
            SimpleNamespace(state="running", of=9, done=4, step="standings"),
            SimpleNamespace(state="running", of=1, done=0, step="read"),
        ],
        "page": Paginator(range(7), 2).get_page(2),
        "phone": "13800138001",
        "opened_at": AT,
        "on": ON,
        "currency": CURRENCY,
    }
    return page(asked, "components", context)


def _tiles(language: Language) -> list[dict[str, Any]]:
    """Return a tile that is worse, better, the same, and not known."""
    line = sparkline(_LINE, title=language.say("tile.nonperforming_principal"))
    empty = sparkline([None], title=language.say("tile.nonperforming_ratio"))
    worse = language.scaled(12_345_67, CURRENCY, signed=True)
    better = language.scaled(-98_765_43, CURRENCY, signed=True)
    return [
        _tile("nonperforming_principal", language.scaled(29_570_000_00, CURRENCY), worse, line)
        | {"worse": True, "up": True},
        _tile("overdue_amount", language.scaled(1_234_567_89, CURRENCY), better, line)
        | {"worse": False, "up": False},
        _tile("three_six_loans", language.integer(29), language.integer(0), line),
        _tile("nonperforming_ratio", "—", "", empty),
    ]


def _tile(word: str, value: str, change: str, line: str) -> dict[str, Any]:
    return {"word": word, "value": value, "change": change, "line": line, "up": None}


def _rows() -> list[SimpleNamespace]:
    """Return a household of each grade; names as long as they come, and one that is not known."""
    names = ("Ana Núñez", "王小明", "枣林鑫盛商贸有限公司 Zaolin Xinsheng", "李雷", "")
    return [
        SimpleNamespace(
            name=name,
            grade=code,
            owed=None if not name else 10 ** (3 + 2 * number),
            days=number * 45,
            three_six=number > 1,
            off=number == len(_GRADES) - 1,
            months=[
                (ON, "" if step > number + 6 else _GRADES[min(step // 3, number)])
                for step in range(12)
            ],
        )
        for number, (name, code) in enumerate(zip(names, _GRADES, strict=True))
    ]


def _parts() -> list[dict[str, Any]]:
    return [
        {
            "row": SimpleNamespace(
                value=code,
                loans=7 * number,
                outstanding_principal=number * 44_864_50,
                currency="CNY",
            ),
            "share": None if not number else min(number * 20, 100),
        }
        for number, code in enumerate(BUCKETS[:5])
    ]


def _notices() -> list[SimpleNamespace]:
    """Return a notice that is open, one that is late and has climbed, and one that is signed."""
    far = date(9999, 12, 30)
    return [
        SimpleNamespace(signed_at=None, due_on=far, now_at="北", institution="北", signed_by=None),
        SimpleNamespace(
            signed_at=None, due_on=ON - timedelta(days=9), now_at="Río", institution="北"
        ),
        SimpleNamespace(signed_at=AT, due_on=ON, now_at="北", institution="北", signed_by="Ana"),
    ]
