"""The keys that a policy file may use."""

from collections.abc import Iterator
from dataclasses import dataclass

from recobro.policy.model import Policy
from recobro.policy.sections import Section


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its path from the top of the file, and what it means."""

    path: tuple[str, ...]
    meaning: str

    def __str__(self) -> str:
        return ".".join(self.path)


def keys(section: type[Section] = Policy, above: tuple[str, ...] = ()) -> Iterator[Key]:
    """Yield every key of a section and of the sections in it, in the order of the file."""
    for name, field in section.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, Section):
            yield from keys(inner, (*above, name))
        else:
            yield Key((*above, name), " ".join((field.description or "").split()))
