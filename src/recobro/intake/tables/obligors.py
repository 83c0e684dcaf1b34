from recobro.intake.contract import Column, Contract, Parent
from recobro.intake.types import Code, Date, Rate, Text
from recobro.terms.codes import Liability, Role

OBLIGORS = Contract(
    name="obligors",
    key=("loan_id", "borrower_id", "role"),
    order=("loan_no", "borrower_id", "role"),
    columns={
        "loan_id": Column(Text()),
        "borrower_id": Column(Text()),
        "role": Column(Code(tuple(Role))),
        "liability": Column(Code(tuple(Liability)), required=False),
        "guaranteed_until": Column(Date(), required=False),
        "share": Column(Rate(highest=1), required=False),
    },
    parents=(Parent("loan_id", "loans"), Parent("borrower_id", "borrowers")),
)
