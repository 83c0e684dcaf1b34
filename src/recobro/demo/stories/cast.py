"""What the stories share: how they are listed, and how their people and loans are made."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from recobro.demo import people
from recobro.demo.accounts import Account, Book
from recobro.demo.contract import contract
from recobro.demo.dice import Dice
from recobro.demo.places import officers_of, place_of
from recobro.demo.products import PRODUCT, Trade
from recobro.demo.records import Borrower
from recobro.terms.codes import Guarantee

_SERIES = 90  # the stories' ids stand apart, so that they never change with the rest of the book


class Story(NamedTuple):
    """A thing that happens in the demonstration bank, and where to find it."""

    name: str
    happens: str
    loans: tuple[str, ...]
    households: tuple[str, ...]


class Scene:
    """A numbered story being told: its people and loans get fixed ids."""

    def __init__(self, number: int, institution_id: str) -> None:
        self.number = number
        self.place = place_of(institution_id)

    def loan_id(self, n: int) -> str:
        """Return the id of the story's n-th loan."""
        return f"DK{_SERIES}{self.number:02}{n:03}"

    def borrower_id(self, n: int) -> str:
        """Return the id of the story's n-th party."""
        return f"KH{_SERIES}{self.number:02}{n:03}"

    def story(self, name: str, happens: str, *, loans: int, households: Iterable[int]) -> Story:
        """Return how the story is listed: its first loans, and the numbers of its debtors."""
        return Story(
            name,
            happens,
            tuple(self.loan_id(n) for n in range(1, loans + 1)),
            tuple(self.borrower_id(n) for n in households),
        )

    def person(self, book: Book, n: int, name: str | None = None) -> Borrower:
        """Bring in a person, by a made-up name where none is given."""
        person = people.person(self.borrower_id(n), None, self.place, Trade.FARMER, self._dice(n))
        return _bring_in(book, person._replace(name=name or person.name))

    def company(self, book: Book, n: int, name: str) -> Borrower:
        """Bring in a company."""
        company = people.company(self.borrower_id(n), self.place, self._dice(n))
        return _bring_in(book, company._replace(name=name))

    def group(self, book: Book, n: int, name: str) -> Borrower:
        """Bring in a village group."""
        group = people.group(self.borrower_id(n), self.place, self._dice(n))
        return _bring_in(book, group._replace(name=name))

    def lend(
        self,
        book: Book,
        n: int,
        borrower: Borrower,
        product: str,
        *,
        yuan: int,
        rate: int,
        on: date,
        months: int,
        guarantee: Guarantee = Guarantee.CREDIT,
        replaces: str | None = None,
    ) -> Account:
        """Pay out the story's n-th loan; `rate` is in hundredths of a per cent a year."""
        officers = officers_of(self.place.institution_id)
        account = contract(
            PRODUCT[product],
            loan_id=self.loan_id(n),
            borrower_id=borrower.borrower_id,
            institution_id=self.place.institution_id,
            yuan=yuan,
            rate=rate,
            disbursed_on=on,
            months=months,
            guarantee=guarantee,
            staff_id=officers[n % len(officers)],
            replaces=replaces,
        )
        book.accounts.append(account)
        return account

    def _dice(self, n: int) -> Dice:
        return Dice(self.number * 1000 + n)


def _bring_in(book: Book, borrower: Borrower) -> Borrower:
    book.borrowers.append(borrower)
    return borrower
