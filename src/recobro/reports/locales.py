"""How a language writes numbers and dates."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\N{MINUS SIGN}"
_SPACE = "\N{NO-BREAK SPACE}"
_CENT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """Write numbers and dates as one language does; patterns are those of str.format."""

    thousands: str
    decimal: str
    percent: str
    points: str
    text: str  # a day in running text
    cell: str  # a day in a table
    months: tuple[str, ...]
    scales: tuple[tuple[int, str], ...]  # power of ten, and its word with the space before it
    units: dict[str, str]  # currencies that a scaled amount names

    def number(self, value: Decimal | int, *, places: int = 0, signed: bool = False) -> str:
        """Return a number with so many digits after the point, rounded half-up."""
        rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        digits = f"{abs(rounded):,}".translate({ord(","): self.thousands, ord("."): self.decimal})
        if rounded < 0:
            return MINUS + digits
        return "+" + digits if signed and rounded > 0 else digits

    def ratio(self, value: Decimal, *, signed: bool = False) -> str:
        """Return a ratio in per cent, two digits."""
        hundredths = self.number(value.scaleb(2), places=_CENT, signed=signed)
        return hundredths + self.percent

    def ratio_change(self, value: Decimal) -> str:
        """Return the difference of two ratios in points, with its sign."""
        return self.number(value.scaleb(2), places=_CENT, signed=True) + self.points

    def scaled(self, value: Decimal, currency: str, *, signed: bool = False) -> str:
        """Return an amount as it is spoken: in millions, or in 万 and 亿; a small one in units."""
        unit = self.units.get(currency, "")
        for power, word in self.scales:
            if abs(value) >= Decimal(1).scaleb(power):
                number = self.number(value.scaleb(-power), places=_CENT, signed=signed)
                return number + word + unit
        return self.number(value, signed=signed) + unit

    def in_text(self, day: date) -> str:
        """Return a day as running text has it."""
        return self._dated(self.text, day)

    def in_table(self, day: date) -> str:
        """Return a day as a table has it."""
        return self._dated(self.cell, day)

    def _dated(self, pattern: str, day: date) -> str:
        month = self.months[day.month - 1]
        return pattern.format(y=day.year, m=day.month, d=day.day, month=month, short=month[:3])


_EN = "January February March April May June July August September October November December"
_ES = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"

LOCALES: dict[str, Locale] = {
    "en": Locale(
        thousands=",",
        decimal=".",
        percent=f"{_SPACE}%",
        points=f"{_SPACE}pp",
        text="{d} {month} {y}",
        cell="{d} {short} {y}".replace(" ", _SPACE),
        months=tuple(_EN.split()),
        scales=((9, f"{_SPACE}billion"), (6, f"{_SPACE}million")),
        units={},
    ),
    "es": Locale(
        thousands=".",
        decimal=",",
        percent=f"{_SPACE}%",
        points=f"{_SPACE}p.{_SPACE}p.",
        text="{d} de {month} de {y}",
        cell="{d:02}/{m:02}/{y}",
        months=tuple(_ES.split()),
        scales=((6, f"{_SPACE}millones"),),
        units={},
    ),
    "zh": Locale(
        thousands=",",
        decimal=".",
        percent="%",
        points="个百分点",
        text="{y}年{m}月{d}日",
        cell="{y}-{m:02}-{d:02}",
        months=("",) * 12,
        scales=((8, "亿"), (4, "万")),
        units={
            "CNY": "元",
            "EUR": "欧元",
            "HKD": "港元",
            "INR": "卢比",
            "JPY": "日元",
            "USD": "美元",
        },
    ),
}
"""English, Spanish of Spain, simplified Chinese."""
