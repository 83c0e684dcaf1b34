from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recobro.engine.explain import Fall, Outlook, Return
from recobro.terms.grades import GRADE_OF_CODE, Grade
from tests.engine.explained import as_known, explained, keeping_up, paying
from tests.oracle.book import Book
from tests.oracle.floors import grade
from tests.oracle.rules import Rules
from tests.oracle.standing import standing
from tests.oracle.strategies import books, days, policies


@st.composite
def troubled(draw: st.DrawFn) -> tuple[Book, str, date, Rules]:
    """Draw a book, a policy, a day, and a loan whose grade has a reason then, if there is one."""
    book, rules = draw(books()), draw(policies())
    on = draw(days(book))
    seen = [
        standing(book, loan.loan_id, on, rules) for loan in book.loans if loan.disbursed_on <= on
    ]
    bad = [one for one in seen if one["on_balance"] and one["grade_reasons"]]
    return book, draw(st.sampled_from(bad or seen))["loan_id"], on, rules


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(case=troubled(), amount=st.integers(0, 1500))
def test_what_is_foretold_happens(case: tuple[Book, str, date, Rules], amount: int) -> None:
    whole, loan_id, on, rules = case
    found = explained(whole, loan_id, on, rules)
    expected = standing(whole, loan_id, on, rules)
    assert {name: found.standing[name] for name in expected} == expected | {
        "grade_reasons": list(expected["grade_reasons"])
    }
    facts = as_known(whole, on)
    for way in found.outlook.returns:
        assert way.by == on + timedelta(days=1)
        _leads_to(way, keeping_up(facts, loan_id, on) if way.on > way.by else facts, loan_id, rules)
    if expected["on_balance"]:
        today = GRADE_OF_CODE[expected["grade"]]
        _misses_no_payment(found.outlook, facts, loan_id, rules, today=today, on=on, amount=amount)
        _falls(found.outlook.fall, facts, loan_id, rules, today=today, on=on)


def _leads_to(way: Return, book: Book, loan_id: str, rules: Rules) -> None:
    """Pay what is named and its grade is reached; one minor unit less and it is not."""
    coming = [(one.due_on, one.amount) for one in way.coming]
    paid = paying(book, loan_id, (way.by, way.amount), *coming)
    assert grade(paid, loan_id, way.on, rules) == way.grade
    if way.amount:
        paid = paying(book, loan_id, (way.by, way.amount - 1), *coming)
        assert grade(paid, loan_id, way.on, rules) > way.grade


def _misses_no_payment(
    outlook: Outlook,
    book: Book,
    loan_id: str,
    rules: Rules,
    *,
    today: Grade,
    on: date,
    amount: int,
) -> None:
    """Pay something else and the grade is no better than the best named for so little."""
    tomorrow = on + timedelta(days=1)
    named = [one.grade for one in outlook.returns if one.on == tomorrow and one.amount <= amount]
    paid = paying(book, loan_id, (tomorrow, amount))
    assert grade(paid, loan_id, tomorrow, rules) >= min([today, *named])


def _falls(
    fall: Fall | None, book: Book, loan_id: str, rules: Rules, *, today: Grade, on: date
) -> None:
    """Pay nothing and the grade falls on its day, not before; pay what is named and it does not."""
    first = fall.on if fall else on + timedelta(days=400)
    quiet = {1, 2, 30, 60, 90, (first - on).days - 1}
    before = (on + timedelta(days=number) for number in quiet if number > 0)
    assert all(grade(book, loan_id, one, rules) <= today for one in before if one < first)
    if fall is None:
        return
    assert grade(book, loan_id, fall.on, rules) == fall.grade > today
    if fall.amount is not None:
        paid = paying(book, loan_id, (fall.by, fall.amount))
        assert grade(paid, loan_id, fall.on, rules) <= today
        paid = paying(book, loan_id, (fall.by, fall.amount - 1))
        assert grade(paid, loan_id, fall.on, rules) > today
