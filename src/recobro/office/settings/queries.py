from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar, cast

from recobro.office.settings.models import Setting
from recobro.office.settings.rules import KNOWN, Known

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Held:
    """A setting with what holds now, and who set it; nobody: what held from the start."""

    known: Known[object]
    value: object
    last: Setting | None

    @property
    def written(self) -> str:
        """The value as somebody would write it."""
        return self.known.kind.write(self.value)


def value_of(known: Known[T]) -> T:
    """Return what holds now."""
    last = last_of(known)
    return known.default if last is None else cast("T", last.value)


def last_of(known: Known[T]) -> Setting | None:
    """Return the last change of a setting; None where nobody has set it."""
    return Setting.objects.filter(key=known.key).last()


def values_of(several: Iterable[Known[T]]) -> dict[str, T]:
    """Return what holds now of several settings, by name, in one query."""
    now = {one.key: one.default for one in several}
    rows = Setting.objects.filter(key__in=list(now)).values_list("key", "value")
    now.update((key, cast("T", value)) for key, value in rows)
    return now


def held() -> list[Held]:
    """Return every setting with what holds now, by name."""
    last = {row.key: row for row in Setting.objects.all()}
    return [
        Held(one, one.default if one.key not in last else last[one.key].value, last.get(one.key))
        for _, one in sorted(KNOWN.items())
    ]


def history(key: str) -> list[Setting]:
    """Return what was set of a name, the last first."""
    return list(Setting.objects.filter(key=key).order_by("-id"))
