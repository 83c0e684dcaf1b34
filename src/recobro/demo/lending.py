"""The bank's ordinary business: who borrows what, when, and behind what security."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Final, NamedTuple

from recobro.demo import people, security
from recobro.demo.accounts import Account, Book
from recobro.demo.conduct import pay_as_agreed, run_into_trouble, wind_up
from recobro.demo.contract import contract
from recobro.demo.dice import Dice
from recobro.demo.places import Place, officers_of, places
from recobro.demo.products import ALL_YEAR, PRODUCTS, Product, Trade
from recobro.demo.records import Borrower, Obligor
from recobro.demo.timetable import LAST_ON, OPENED_ON
from recobro.terms.codes import Guarantee, Liability, Role
from recobro.terms.dates import add_months

CUSTOMERS: Final[dict[Trade, int]] = {
    Trade.FARMER: 4_700,
    Trade.MECHANISED: 520,
    Trade.SHOP: 1_150,
    Trade.WAGE: 1_100,
    Trade.HOME: 680,
    Trade.GROUP: 150,
    Trade.COMPANY: 330,
}
"""How many customers of each trade the bank has had since it opened."""

TROUBLE_BY_YEAR: Final[dict[int, float]] = {
    2021: 1.35, 2022: 1.55, 2023: 1.25, 2024: 0.8, 2025: 0.45, 2026: 0.25,
}  # fmt: skip
"""How the likelihood of trouble fell as lending grew more careful, by year of disbursement."""

_SPOUSES = 0.3
_COMES_BACK = 0.88  # share of the customers who borrow again once they have repaid
_SINCE_THE_START = 0.55  # share of the customers who were there when the bank opened
_NEIGHBOURS = 40
_MEMBERS = 5
_COLLATERAL = {
    Trade.MECHANISED: security.MACHINE,
    Trade.SHOP: security.SHOP,
    Trade.HOME: security.HOUSE,
    Trade.COMPANY: security.PLANT,
}


class Customer(NamedTuple):
    """A borrower, the spouse who signs along, and where they bank."""

    borrower: Borrower
    spouse: Borrower | None
    trade: Trade
    place: Place


def lend(book: Book, dice: Dice) -> None:
    """Fill the book with customers and their loans up to the last day."""
    numbers = (f"DK{number:07}" for number in count(1))
    for customer in _customers(dice):
        accounts = list(_loans(customer, book.borrowers, numbers, dice))
        if accounts:
            book.accounts += accounts
            book.borrowers += [customer.borrower, *filter(None, [customer.spouse])]


def _customers(dice: Dice) -> Iterator[Customer]:
    numbers = count(1)
    for place in places():
        for trade, customers in CUSTOMERS.items():
            for _ in range(round(customers * place.weight)):
                yield _customer(f"KH{next(numbers):07}", trade, place, dice)


def _customer(borrower_id: str, trade: Trade, place: Place, dice: Dice) -> Customer:
    if trade is Trade.COMPANY:
        return Customer(people.company(borrower_id, place, dice), None, trade, place)
    if trade is Trade.GROUP:
        return Customer(people.group(borrower_id, place, dice), None, trade, place)
    if not dice.chance(_SPOUSES):
        return Customer(people.person(borrower_id, None, place, trade, dice), None, trade, place)
    household_id = f"JT{borrower_id[2:]}"
    borrower = people.person(borrower_id, household_id, place, trade, dice)
    spouse = people.person(f"PO{borrower_id[2:]}", household_id, place, trade, dice)
    at_home = spouse._replace(address=borrower.address, village=borrower.village)
    return Customer(borrower, at_home, trade, place)


def _loans(
    customer: Customer, known: list[Borrower], numbers: Iterator[str], dice: Dice
) -> Iterator[Account]:
    """Yield one loan after the other, as long as the customer repays and comes back."""
    since = _first_day(dice)
    while True:
        product = dice.weighed(PRODUCTS[customer.trade])
        on = _in_season(since, product, dice)
        if on > LAST_ON:
            return
        account = _loan(customer, product, on, next(numbers), dice)
        _secure(account, customer, known, dice)
        troubled = dice.chance(product.trouble * customer.place.strain * TROUBLE_BY_YEAR[on.year])
        (run_into_trouble if troubled else pay_as_agreed)(account, dice)
        wind_up(account)
        yield account
        if troubled or not dice.chance(_COMES_BACK):
            return
        since = account.loan.matures_on


def _loan(customer: Customer, product: Product, on: date, loan_id: str, dice: Dice) -> Account:
    low, high = product.principal
    steps = (high - low) // product.step
    return contract(
        product,
        loan_id=loan_id,
        borrower_id=customer.borrower.borrower_id,
        institution_id=customer.place.institution_id,
        yuan=low + product.step * int(steps * dice.share() ** 2),
        rate=dice.whole(*product.rate),
        disbursed_on=on,
        months=dice.pick(product.months),
        guarantee=dice.weighed(product.guarantees),
        staff_id=dice.pick(officers_of(customer.place.institution_id)),
    )


def _secure(account: Account, customer: Customer, known: list[Borrower], dice: Dice) -> None:
    loan_id, guarantee = account.loan.loan_id, account.loan.guarantee
    if customer.spouse:
        account.obligors.append(Obligor(loan_id, customer.spouse.borrower_id, Role.SPOUSE))
    if guarantee == Guarantee.GUARANTEE:
        until = add_months(account.loan.matures_on, 36)
        account.obligors += [
            Obligor(loan_id, guarantor.borrower_id, Role.GUARANTOR, Liability.JOINT, until)
            for guarantor in _guarantors(customer, known, dice)
        ]
    where = (customer.borrower.latitude or 0.0, customer.borrower.longitude or 0.0)
    if guarantee == Guarantee.MORTGAGE:
        security.secure(account, _COLLATERAL[customer.trade], place=where)
    if guarantee == Guarantee.PLEDGE:
        security.secure(account, security.DEPOSIT, place=where)


def _guarantors(customer: Customer, known: list[Borrower], dice: Dice) -> list[Borrower]:
    """Return a neighbour, or the members of a group: customers who came shortly before."""
    wanted = _MEMBERS if customer.trade is Trade.GROUP else 1
    newest = len(known) - dice.whole(wanted, _NEIGHBOURS)
    return known[max(0, newest) :][:wanted]


def _first_day(dice: Dice) -> date:
    first_year = 365
    days = first_year if dice.chance(_SINCE_THE_START) else (LAST_ON - OPENED_ON).days
    return OPENED_ON + timedelta(days=dice.whole(0, days))


def _in_season(since: date, product: Product, dice: Dice) -> date:
    """Return a day after the given one on which the product is paid out."""
    earliest = since + timedelta(days=dice.whole(2, 30))
    if product.season is ALL_YEAR:
        return earliest
    month = dice.pick([m for m in product.season if m > earliest.month] or product.season)
    on = date(earliest.year, month, dice.whole(1, 28))
    return on if on >= earliest else on.replace(year=on.year + 1)
