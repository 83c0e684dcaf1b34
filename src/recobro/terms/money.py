"""Money is a whole number of minor units of one currency; it is never divided and never a float."""

import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, Inexact

from recobro.terms.refusal import Refusal

# ISO 4217: currencies in use whose minor unit is not a hundredth, and the list of those known.
_DIGITS_0 = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_DIGITS_3 = "BHD IQD JOD KWD LYD OMR TND"
_DIGITS_2 = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD
MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON
RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD
TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
DIGITS: dict[str, int] = (
    dict.fromkeys(_DIGITS_0.split(), 0)
    | dict.fromkeys(_DIGITS_2.split(), 2)
    | dict.fromkeys(_DIGITS_3.split(), 3)
)
"""Digits of the minor unit by ISO 4217 code."""

AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]+)?")
"""How an amount is written in a delivery."""

# The caller's context may round; these refuse to, but for the one rounding each function names.
_EXACT = Context(prec=60, traps=[Inexact])
_DOWN = Context(prec=60, rounding=ROUND_DOWN)


class CurrencyUnknown(Refusal):
    """The code is not an ISO 4217 currency."""

    says = "{currency!r} is not an ISO 4217 currency code, such as CNY or EUR"

    def __init__(self, currency: str) -> None:
        super().__init__(currency=currency)


def digits(currency: str) -> int:
    """Return how many digits the minor unit of a currency has: 0, 2 or 3.

    Raises CurrencyUnknown.
    """
    try:
        return DIGITS[currency]
    except KeyError:
        raise CurrencyUnknown(currency) from None


def amount(minor_units: int, currency: str) -> Decimal:
    """Return minor units as a decimal amount of the currency, with its usual digits.

    Raises CurrencyUnknown.
    """
    return Decimal(minor_units).scaleb(-digits(currency), context=_EXACT)


def minor(value: Decimal | str, currency: str) -> int:
    """Return an amount in minor units; digits beyond the currency's are cut off (0.019 → 0.01).

    Raises CurrencyUnknown.
    """
    return int(Decimal(value).scaleb(digits(currency), context=_DOWN))


def share_of(minor_units: int, rate: Decimal) -> int:
    """Return the rate's part of an amount, half-up to the minor unit; the only rounding there is.

    A half goes away from zero, so that a reversal takes back what was given.
    """
    part = _EXACT.multiply(Decimal(minor_units), rate)
    return int(part.to_integral_value(rounding=ROUND_HALF_UP))
