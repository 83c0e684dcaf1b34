"""What was loaded, and what of it was wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from recobro.office.people.enums import Right
from recobro.runs.findings import Excerpt, findings, is_warning
from recobro.runs.home import Home
from recobro.runs.models import Load
from recobro.web import exports
from recobro.web.desk import Asked
from recobro.web.gate import needs
from recobro.web.render import page

_A_PAGE: Final = 50
_MOST: Final = 1_000_000
"""Rows that a spreadsheet takes."""
_PARTS: Final = ("read", "accepted", "rejected")
EXPORTED: Final = ("table", "file", "row", "column", "code", "value", "message")
"""The columns of a file; the last two tell of debtors."""


@dataclass(frozen=True)
class Chosen:
    """The findings of a load that are looked at; it is paged through without being held."""

    load: Load
    code: str
    table: str

    def __len__(self) -> int:
        return self._excerpt(0, 0).total if self.load.findings else 0

    def __getitem__(self, part: slice) -> list[Mapping[str, Any]]:
        start, stop = part.start or 0, part.stop or 0
        return self._excerpt(start, stop - start).rows if stop > start else []

    def _excerpt(self, beyond: int, limit: int) -> Excerpt:
        return findings(
            home=Home(settings.HOME),
            number=self.load.number,
            code=self.code or None,
            table=self.table or None,
            limit=limit,
            beyond=beyond,
        )


@needs(Right.RUNS, whole=True)
@require_safe
def loads(asked: Asked) -> HttpResponse:
    """List the loads, newest first."""
    pages = Paginator(Load.objects.order_by("-number"), _A_PAGE)
    return page(asked, "loads", {"page": pages.get_page(asked.GET.get("page"))})


@needs(Right.RUNS, whole=True)
@require_safe
def load(asked: Asked, number: int) -> HttpResponse:
    """Show what a load brought, table by table, and what of it was wrong."""
    found = _load(number)
    chosen = _chosen(asked, found)
    codes = sorted(found.findings.items(), key=lambda each: (is_warning(each[0]), each[0]))
    context = {
        "load": found,
        "tables": [(name, told) for name, told in found.tables.items() if told["file"]],
        "money": _money(found),
        "codes": [(code, count, is_warning(code)) for code, count in codes],
        "chosen": chosen,
        "page": Paginator(chosen, _A_PAGE).get_page(asked.GET.get("page")),  # type: ignore[arg-type]  # sliced alone
        "masked": not asked.desk.whole(Right.DEBTORS),
        "further": Load.objects.filter(number=number + 1).exists(),
    }
    return page(asked, "load", context)


@needs(Right.RUNS, whole=True)
@require_safe
def export(asked: Asked, number: int, form: str) -> HttpResponseBase:
    """Write the findings that are looked at, all pages of them, as a file."""
    found = _load(number)
    if form not in exports.FORMS:
        raise Http404
    seen = EXPORTED if asked.desk.whole(Right.DEBTORS) else EXPORTED[:-2]
    head = [asked.desk.language.say(f"findings.{name}") for name in seen]
    rows = _chosen(asked, found)[0:_MOST] if found.findings else []
    told = (["" if row[name] is None else row[name] for name in seen] for row in rows)
    return exports.FORMS[form](f"findings-{found.number}", head, told)


def _load(number: int) -> Load:
    found = Load.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _chosen(asked: Asked, load: Load) -> Chosen:
    """Return what the address narrows the findings to; what the load has not narrows nothing."""
    code, table = asked.desk.told("code"), asked.desk.told("table")
    known = code if code in load.findings else ""
    return Chosen(load, known, table if table in load.tables else "")


def _money(load: Load) -> list[tuple[str, str, list[int]]]:
    """Return the sums of each table and currency, in minor units."""
    return [
        (table, code, [sums[part] for part in _PARTS])
        for table, told in load.tables.items()
        for code, sums in told["money"].items()
    ]
