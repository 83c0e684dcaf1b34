from recobro.intake.contract import Column, Contract
from recobro.intake.types import Code, Coordinate, Text
from recobro.terms.codes import BorrowerKind

BORROWERS = Contract(
    name="borrowers",
    key=("borrower_id",),
    order=("borrower_id",),
    columns={
        "borrower_id": Column(Text()),
        "household_id": Column(Text(), default_from="borrower_id"),
        "kind": Column(Code(tuple(BorrowerKind))),
        "name": Column(Text()),
        "national_id": Column(Text(), required=False),
        "phone": Column(Text(), required=False),
        "address": Column(Text(), required=False),
        "village": Column(Text(), required=False),
        "latitude": Column(Coordinate(90), required=False),
        "longitude": Column(Coordinate(180), required=False),
        "industry": Column(Text(), required=False),
    },
)
