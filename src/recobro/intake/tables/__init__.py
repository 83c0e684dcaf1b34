"""The tables of a delivery, each described in its own file; parents come before their children."""

from recobro.intake.tables.borrowers import BORROWERS
from recobro.intake.tables.collateral import COLLATERAL
from recobro.intake.tables.instalments import INSTALMENTS
from recobro.intake.tables.institutions import INSTITUTIONS
from recobro.intake.tables.judgements import JUDGEMENTS
from recobro.intake.tables.ledger import LEDGER
from recobro.intake.tables.loans import LOANS
from recobro.intake.tables.obligors import OBLIGORS
from recobro.intake.tables.payments import PAYMENTS
from recobro.intake.tables.restructurings import RESTRUCTURINGS
from recobro.intake.tables.securities import SECURITIES
from recobro.intake.tables.staff import STAFF

CONTRACTS = {
    contract.name: contract
    for contract in (
        INSTITUTIONS,
        STAFF,
        BORROWERS,
        LOANS,
        INSTALMENTS,
        PAYMENTS,
        RESTRUCTURINGS,
        OBLIGORS,
        COLLATERAL,
        SECURITIES,
        JUDGEMENTS,
        LEDGER,
    )
}
