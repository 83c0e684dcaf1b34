"""What makes a report: its sentence and its sections; the frame around them is always the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from recobro.reports.document import Document, Section
from recobro.reports.language import Language
from recobro.reports.material import Heading, Material
from recobro.reports.part import Part, parts
from recobro.runs.progress import Progress, silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Name a report, and say what it asks; each question is asked for every currency."""

    name: str
    sentence: Callable[[Part], str]
    sections: tuple[Callable[[Part], Section | None], ...]
    since: Callable[[date], date] | None = None  # the day it compares with, if nobody names one
    days: Callable[[Heading], tuple[date, ...]] = attrgetter("as_of", "since")  # of its figures
    notes: tuple[str, ...] = ("note.on_balance",)
    signatures: tuple[str, ...] = ()
    debtors: bool = False  # whether it names who owes


def compose(
    report: Report, material: Material, language: Language, progress: Progress = silent
) -> Document:
    """Return the report as a document; `progress` hears of each section."""
    heading, own = material.heading, parts(material, language)
    printed = heading.printed_at
    return Document(
        language=language,
        title=language.say(f"title.{report.name}"),
        institution=heading.institution.name,
        particulars=tuple(_particulars(report, material, language, own)),
        printed=language.say(
            "frame.printed",
            who=heading.printed_by,
            day=language.day(printed.date()),
            time=f"{printed:%H:%M}",
        ),
        printed_on=printed.date(),
        sentences=tuple(_sentences(report, own)) or (language.say("sentence.no_loans"),),
        sections=tuple(_sections(report, own, progress)),
        notes=tuple(_notes(report, material, language)),
        signatures=tuple(language.say(key) for key in report.signatures),
    )


def _particulars(
    report: Report, material: Material, language: Language, own: list[Part]
) -> Iterator[tuple[str, str]]:
    heading = material.heading
    warned = language.say("particular.checks_warned", count=language.integer(len(heading.marks)))
    passed = language.say("particular.checks_passed")
    values = {
        "as_of": language.day(heading.as_of),
        "since": language.day(heading.since),
        "currency": ", ".join(part.currency for part in own) or "—",
        "policy": heading.policy,
        "facts": language.integer(heading.facts_version),
        "checks": warned if heading.marks else passed,
    }
    if report.since is None:
        del values["since"]
    for key, value in values.items():
        yield language.say(f"particular.{key}"), value


def _sentences(report: Report, own: list[Part]) -> Iterator[str]:
    for part in own:
        sentence = report.sentence(part)
        if part.alone:
            yield sentence
        else:
            yield part.say("frame.spoken", currency=part.currency, sentence=sentence)


def _sections(report: Report, own: list[Part], progress: Progress) -> Iterator[Section]:
    asked = [(section, part) for part in own for section in report.sections]
    for done, (section, part) in enumerate(asked):
        progress("figures", done, len(asked))
        made = section(part)
        if made is not None:
            yield made


def _notes(report: Report, material: Material, language: Language) -> Iterator[str]:
    heading = material.heading
    for check in heading.marks:
        yield language.say("note.warned", check=check)
    for on in dict.fromkeys(report.days(heading)):
        figures = material.figures(on)
        if figures.recomputed and figures.rows:
            yield language.say("note.recomputed", day=language.day(on))
    for key in report.notes:
        yield language.say(key)
