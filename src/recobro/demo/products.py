"""What the demonstration bank lends, to whom and on which terms."""

from enum import StrEnum
from typing import NamedTuple

from recobro.demo.schedules import (
    Repayment,
    at_maturity,
    equal_principal,
    equal_principal_by_quarter,
    interest_by_quarter,
    level,
)
from recobro.terms.codes import Guarantee


class Trade(StrEnum):
    """What a customer lives on."""

    FARMER = "farmer"
    MECHANISED = "mechanised"
    SHOP = "shop"
    WAGE = "wage"
    HOME = "home"
    GROUP = "group"
    COMPANY = "company"


class Product(NamedTuple):
    """The terms of a kind of loan: principal in yuan, rates in hundredths of a per cent."""

    code: str
    name: str
    principal: tuple[int, int]
    step: int
    rate: tuple[int, int]
    months: tuple[int, ...]
    schedule: Repayment
    guarantees: tuple[tuple[Guarantee, float], ...]
    season: tuple[int, ...]  # months in which it is paid out
    trouble: float  # share of the loans that get into trouble


ALL_YEAR = tuple(range(1, 13))
_SPRING = (2, 3, 3, 4)
_BUYING = (2, 3, 9, 10, 11)
_CREDIT, _GUARANTEE = Guarantee.CREDIT, Guarantee.GUARANTEE
_MORTGAGE, _PLEDGE = Guarantee.MORTGAGE, Guarantee.PLEDGE

PRODUCTS: dict[Trade, tuple[tuple[Product, float], ...]] = {
    Trade.FARMER: (
        (
            Product(
                "spring-crop", "春耕贷", (15_000, 80_000), 1_000, (520, 690), (8, 9),
                at_maturity, ((_CREDIT, 0.6), (_GUARANTEE, 0.4)), _SPRING, 0.075,
            ),
            0.6,
        ),
        (
            Product(
                "farm-household", "农户小额贷", (20_000, 150_000), 5_000, (560, 745), (12,),
                interest_by_quarter, ((_CREDIT, 0.45), (_GUARANTEE, 0.55)), ALL_YEAR, 0.08,
            ),
            0.4,
        ),
    ),
    Trade.MECHANISED: (
        (
            Product(
                "farm-machinery", "农机贷", (60_000, 240_000), 10_000, (500, 620), (24, 36),
                equal_principal_by_quarter, ((_GUARANTEE, 0.7), (_MORTGAGE, 0.3)),
                _BUYING, 0.08,
            ),
            0.7,
        ),
        (
            Product(
                "dealer-machinery", "农机分期", (40_000, 160_000), 10_000, (520, 660), (24, 36),
                equal_principal, ((_GUARANTEE, 1.0),), _BUYING, 0.08,
            ),
            0.3,
        ),
    ),
    Trade.SHOP: (
        (
            Product(
                "shop", "商户贷", (50_000, 500_000), 10_000, (550, 760), (12, 24, 24, 36),
                equal_principal,
                ((_GUARANTEE, 0.45), (_MORTGAGE, 0.4), (_CREDIT, 0.15)), ALL_YEAR, 0.09,
            ),
            1.0,
        ),
    ),
    Trade.WAGE: (
        (
            Product(
                "consumer", "消费贷", (10_000, 150_000), 5_000, (480, 720), (12, 24, 36),
                level, ((_CREDIT, 0.8), (_GUARANTEE, 0.2)), ALL_YEAR, 0.07,
            ),
            1.0,
        ),
    ),
    Trade.HOME: (
        (
            Product(
                "home", "住房按揭", (150_000, 600_000), 10_000, (345, 535), (84, 120),
                level, ((_MORTGAGE, 1.0),), ALL_YEAR, 0.05,
            ),
            1.0,
        ),
    ),
    Trade.GROUP: (
        (
            Product(
                "village-group", "联保贷", (120_000, 500_000), 20_000, (500, 640), (12,),
                equal_principal_by_quarter, ((_GUARANTEE, 1.0),), _SPRING, 0.06,
            ),
            1.0,
        ),
    ),
    Trade.COMPANY: (
        (
            Product(
                "working-capital", "流动资金贷", (200_000, 2_000_000), 50_000, (430, 590), (12,),
                interest_by_quarter,
                ((_MORTGAGE, 0.55), (_GUARANTEE, 0.35), (_PLEDGE, 0.1)), ALL_YEAR, 0.045,
            ),
            0.75,
        ),
        (
            Product(
                "equipment", "设备贷", (300_000, 2_500_000), 50_000, (420, 560), (36,),
                equal_principal_by_quarter,
                ((_MORTGAGE, 0.8), (_GUARANTEE, 0.2)), ALL_YEAR, 0.045,
            ),
            0.25,
        ),
    ),
}  # fmt: skip
"""The products of each trade with their weights."""

PRODUCT: dict[str, Product] = {
    product.code: product for offered in PRODUCTS.values() for product, _ in offered
}
"""Each product by its code."""
