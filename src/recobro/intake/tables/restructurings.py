from recobro.intake.contract import Column, Contract, Parent
from recobro.intake.types import Date, Flag, Text

RESTRUCTURINGS = Contract(
    name="restructurings",
    key=("loan_id", "restructured_on"),
    order=("loan_no", "restructured_on"),
    columns={
        "loan_id": Column(Text()),
        "restructured_on": Column(Date()),
        "first_due_on": Column(Date(), required=False),
        "difficulty": Column(Flag()),
    },
    parents=(Parent("loan_id", "loans"),),
)
