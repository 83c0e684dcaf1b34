from recobro.intake.contract import Column, Contract, Parent
from recobro.intake.types import Amount, Date, Text, Whole

SECURITIES = Contract(
    name="securities",
    key=("collateral_id", "loan_id"),
    order=("loan_no", "collateral_id"),
    columns={
        "collateral_id": Column(Text()),
        "loan_id": Column(Text()),
        "rank": Column(Whole(), default="1"),
        "secured_amount": Column(Amount(), required=False),
        "registered_on": Column(Date(), required=False),
        "registered_until": Column(Date(), required=False),
    },
    parents=(Parent("loan_id", "loans"), Parent("collateral_id", "collateral")),
)
