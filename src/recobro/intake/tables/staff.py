from recobro.intake.contract import Column, Contract, Parent
from recobro.intake.types import Flag, Text

STAFF = Contract(
    name="staff",
    key=("staff_id",),
    order=("staff_id",),
    columns={
        "staff_id": Column(Text()),
        "name": Column(Text()),
        "institution_id": Column(Text()),
        "active": Column(Flag()),
    },
    parents=(Parent("institution_id", "institutions"),),
)
