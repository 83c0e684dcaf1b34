from recobro.intake.contract import Column, Contract, Parent
from recobro.intake.types import CURRENCY, Amount, Coordinate, Date, Text

COLLATERAL = Contract(
    name="collateral",
    key=("collateral_id",),
    order=("collateral_id",),
    columns={
        "collateral_id": Column(Text()),
        "kind": Column(Text()),
        "description": Column(Text()),
        "certificate_no": Column(Text(), required=False),
        "owner_borrower_id": Column(Text(), required=False),
        "value": Column(Amount()),
        "currency": Column(CURRENCY),
        "valued_on": Column(Date()),
        "appraiser": Column(Text(), required=False),
        "insured_until": Column(Date(), required=False),
        "latitude": Column(Coordinate(90), required=False),
        "longitude": Column(Coordinate(180), required=False),
    },
    references=(Parent("owner_borrower_id", "borrowers"),),
    money=("value",),
)
