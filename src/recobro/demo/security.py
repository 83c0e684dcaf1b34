"""What secures a loan: the thing, its papers, and its tie to the loan."""

from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from recobro.demo.accounts import Account
from recobro.demo.records import Collateral, Security
from recobro.terms.dates import add_months
from recobro.terms.money import share_of


class Kind(NamedTuple):
    """A kind of collateral and how far the bank lends against it."""

    code: str
    description: str
    certificate: str | None
    lends: Decimal
    appraiser: str | None


HOUSE = Kind("house", "住宅", "青房他证", Decimal("0.65"), "诚信评估事务所")
SHOP = Kind("shop", "商铺", "青房他证", Decimal("0.55"), "正衡评估有限公司")
PLANT = Kind("plant", "厂房及土地", "青国用他证", Decimal("0.50"), "正衡评估有限公司")
MACHINE = Kind("machinery", "联合收割机", "青机抵证", Decimal("0.60"), None)
DEPOSIT = Kind("deposit", "定期存单", None, Decimal("0.90"), None)


def secure(
    account: Account, kind: Kind, *, place: tuple[float, float], certificate_no: str | None = None
) -> None:
    """Tie a thing of the borrower's to the loan, valued and registered at disbursement."""
    loan = account.loan
    collateral_id = f"DY{loan.loan_id[2:]}"
    if certificate_no is None and kind.certificate:
        certificate_no = f"{kind.certificate}{loan.disbursed_on.year}第{loan.loan_id[2:]}号"
    value = share_of(loan.principal, 1 / kind.lends / 1000) * 1000
    account.collateral.append(
        (
            Collateral(
                collateral_id,
                kind.code,
                kind.description,
                certificate_no,
                loan.borrower_id,
                value,
                loan.currency,
                loan.disbursed_on - timedelta(days=20),
                kind.appraiser,
                add_months(loan.disbursed_on, 12) if kind.appraiser else None,
                *place,
            ),
            Security(
                collateral_id,
                loan.loan_id,
                1,
                loan.principal,
                loan.disbursed_on,
                add_months(loan.matures_on, 24),
            ),
        )
    )
