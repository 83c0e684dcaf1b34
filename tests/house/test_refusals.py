import inspect
import pkgutil
from collections import Counter
from importlib import import_module

import recobro
from recobro.policy.impossible import Impossible
from recobro.terms.refusal import Refusal

OPENS = {"recobro.config.wsgi"}
"""Opens the pages when it is imported."""


def exceptions() -> set[type[Exception]]:
    """Return every public class of an exception that a module of the program defines."""
    names = {one.name for one in pkgutil.walk_packages(recobro.__path__, "recobro.")}
    modules = [import_module(name) for name in sorted(names - OPENS)]
    return {
        each
        for module in modules
        for name, each in inspect.getmembers(module, inspect.isclass)
        if issubclass(each, Exception)
        and each.__module__ == module.__name__
        and not name.startswith("_")
    }


def test_whatever_is_raised_is_a_refusal() -> None:
    """A value that no policy can have becomes a line of a refusal, so it is the other kind."""
    kinds = (Refusal, Impossible)
    assert {each for each in exceptions() if not issubclass(each, kinds)} == set()


def test_a_refusal_is_nothing_else_besides() -> None:
    """Whoever catches what the system raises would take a refusal for it."""
    refusals = {each for each in exceptions() if issubclass(each, Refusal)}
    allowed = refusals | {*Refusal.__mro__}
    assert {each for each in refusals if not allowed.issuperset(each.__mro__)} == set()


def test_no_two_reasons_share_a_name() -> None:
    named = Counter(each.__name__ for each in exceptions())
    assert [name for name, count in named.items() if count > 1] == []
