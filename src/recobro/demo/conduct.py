"""How borrowers keep their contracts: on time, a little late, or into trouble and out of it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from recobro.demo.accounts import Account
from recobro.demo.dice import Dice
from recobro.demo.records import Instalment
from recobro.demo.timetable import LAST_ON
from recobro.terms.codes import ClosedAs, Guarantee, Source
from recobro.terms.money import share_of

SLACK: Final = 0.10
"""Share of the borrowers who now and then pay some days late."""

SALE_DAYS: Final = tuple(date(year, 12, 16) for year in range(2021, 2026))
"""Days on which the bank sold a portfolio of bad loans."""

_DAY = timedelta(days=1)
_HARVEST_SHARE = 0.6
_LATE_INSTALMENT = 0.2
_LEAD = 3  # days before the due date within which people pay
_LEAD_OF_ONE = 18  # likewise where the whole loan falls due at once, after the harvest
_AT_RISK = 60  # instalments of a long schedule that fall into the book's time
_SOURCES: dict[str, tuple[Source, ...]] = {
    Guarantee.CREDIT: (Source.BORROWER, Source.BORROWER, Source.CO_BORROWER, Source.COURT),
    Guarantee.GUARANTEE: (Source.BORROWER, Source.GUARANTOR, Source.GUARANTOR, Source.COURT),
    Guarantee.MORTGAGE: (Source.BORROWER, Source.COLLATERAL, Source.COURT),
    Guarantee.PLEDGE: (Source.COLLATERAL,),
}


def pay_as_agreed(account: Account, dice: Dice) -> None:
    """Pay each instalment on its day or shortly before, a slack borrower sometimes after it."""
    slack = dice.chance(SLACK)
    lead = _LEAD_OF_ONE if len(account.instalments) == 1 else _LEAD
    for instalment in account.instalments:
        if instalment.due_on > LAST_ON:
            return
        late = slack and dice.chance(_LATE_INSTALMENT)
        days = dice.whole(1, 25) if late else -dice.whole(0, lead)
        _pay(account, instalment.due_on + timedelta(days), instalment.due)


def run_into_trouble(account: Account, dice: Dice) -> None:
    """Pay up to some instalment, then stop; what comes of it is chance."""
    asked = account.instalments[:_AT_RISK]
    stop = dice.whole(0, len(asked) - 1)
    stopped_on = asked[stop].due_on
    keep(account, until=stopped_on)
    if stopped_on < LAST_ON:
        dice.weighed(_OUTCOMES)(account, asked[stop], dice)


def keep(account: Account, *, since: date | None = None, until: date) -> None:
    """Pay on its day each instalment that falls due from one day up to, not on, another."""
    since = since or account.loan.disbursed_on
    for instalment in account.schedule(until).instalments:
        if since <= instalment.due_on < until:
            _pay(account, instalment.due_on, instalment.due)


def wind_up(account: Account) -> None:
    """Close a loan that has paid all that it asked for."""
    total = account.original.asked[-1]
    if not account.loan.closed_on and account.paid() >= total:
        account.close(max(payment.booked_on for payment in account.payments), ClosedAs.PAID)


def _catch_up(account: Account, missed: Instalment, dice: Dice) -> None:
    """Pay the arrears within three months, then go on as agreed."""
    on = missed.due_on + timedelta(days=dice.whole(8, 85))
    _pay(account, on, account.arrears(on))
    keep(account, since=on + _DAY, until=LAST_ON + _DAY)


def _work_out(account: Account, missed: Instalment, dice: Dice) -> None:
    """Bring the money in over a year or so, from whoever is liable."""
    on = missed.due_on + timedelta(days=dice.whole(100, 330))
    if dice.chance(_HARVEST_SHARE):
        on = _next_harvest(on, dice)
    source = dice.pick(_SOURCES[account.loan.guarantee])
    payments = dice.whole(1, 4)
    for left in range(payments, 0, -1):
        arrears = account.arrears(on)
        _pay(account, on, share_of(arrears, 1 / Decimal(left)), source)
        last_on, on = on, on + timedelta(days=dice.whole(20, 55))
    keep(account, since=last_on + _DAY, until=LAST_ON + _DAY)


def _be_written_off(account: Account, missed: Instalment, dice: Dice) -> None:
    """Stay unpaid until a write-off in June or December; sometimes a court collects later."""
    on = _half_year_end(missed.due_on + timedelta(days=dice.whole(420, 620)))
    if on > LAST_ON:
        return
    account.loan.written_off_on = on
    if dice.chance(0.2):
        arrears = account.arrears(on)
        collected = share_of(arrears, Decimal(dice.whole(5, 30)) / 100)
        _pay(account, on + timedelta(days=dice.whole(60, 400)), collected, Source.COURT)


def _be_sold(account: Account, missed: Instalment, dice: Dice) -> None:
    """Leave with the next portfolio that is sold, for a part of its worth."""
    ripe_on = missed.due_on + timedelta(days=210)
    on = next((day for day in SALE_DAYS if day >= ripe_on), None)
    if on is not None:
        arrears = account.arrears(on)
        _pay(account, on, share_of(arrears, Decimal(dice.whole(28, 48)) / 100), Source.SALE)
        account.close(on, ClosedAs.SOLD)


def _stay_unpaid(account: Account, missed: Instalment, dice: Dice) -> None:
    """Pay a little once, perhaps, and no more."""
    if dice.chance(0.4):
        on = _next_harvest(missed.due_on + timedelta(days=30), dice)
        arrears = account.arrears(on)
        _pay(account, on, share_of(arrears, Decimal(dice.whole(3, 20)) / 100))


_OUTCOMES: tuple[tuple[Callable[[Account, Instalment, Dice], None], float], ...] = (
    (_catch_up, 0.40),
    (_work_out, 0.32),
    (_be_written_off, 0.16),
    (_be_sold, 0.06),
    (_stay_unpaid, 0.06),
)


def _pay(account: Account, on: date, amount: int, source: Source = Source.BORROWER) -> None:
    if on <= LAST_ON:
        account.pay(max(on, account.loan.disbursed_on), amount, source)


def _next_harvest(since: date, dice: Dice) -> date:
    on = date(since.year, 10, 8) + timedelta(days=dice.whole(0, 60))
    return on if on >= since else on.replace(year=since.year + 1)


def _half_year_end(since: date) -> date:
    half_year = date(since.year, 6, 30)
    return half_year if since <= half_year else date(since.year, 12, 31)
