from decimal import Decimal
from typing import ClassVar

from django.db import models


class Close(models.Model):
    """A published close: where every loan stood at the end of a day, and what that was made from.

    The rows are in Parquet files under `folder` (relative to the home); this row names them, so a
    close is published in the moment in which the row is written. Closing a date again adds a row;
    the newest of a date is the one in force.
    """

    as_of = models.DateField()
    published_at = models.DateTimeField()
    facts_version = models.PositiveIntegerField()
    policy_name = models.CharField(max_length=200)
    policy_hash = models.CharField(max_length=64)
    policy_text = models.TextField()
    backend = models.CharField(max_length=20)
    folder = models.CharField(max_length=200, unique=True)
    standings = models.PositiveBigIntegerField()
    fingerprint = models.CharField(max_length=64)
    checks = models.JSONField()
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    """The close of the same date that was in force until this one."""
    changes = models.JSONField(default=list)
    """What it says otherwise than the close it replaces, by currency (changes.moved)."""
    judged_up_to = models.PositiveBigIntegerField(default=0)
    """Up to which number it has taken what was judged on the pages; 0: nothing was."""
    shown_at = models.DateTimeField(null=True)
    """When the workplace began to show it; its problem loans and figures are rows since."""
    found_by = models.PositiveSmallIntegerField(default=0)
    """By which rule problem loans are found as this close has them (Findable); 0: by another's."""

    class Meta:
        ordering: ClassVar[list[str]] = ["-as_of", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["as_of", "id"])]

    def __str__(self) -> str:
        return f"{self.as_of} (policy {self.policy_name}, facts {self.facts_version})"

    @property
    def marked(self) -> bool:
        """Whether a data check of this close warns."""
        return any(check["rows"] for check in self.checks)


class Institution(models.Model):
    """A node of the bank's tree, as the newest close that is shown found it.

    `path` begins with that of the parent, four digits a generation: a subtree is a range of it.
    """

    institution_id = models.CharField(primary_key=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    name = models.CharField()
    kind = models.CharField(max_length=20)
    path = models.CharField(max_length=80, db_index=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["path"]

    def __str__(self) -> str:
        return self.name or self.institution_id


class Staff(models.Model):
    """A person who works for the bank, as core banking knows them."""

    staff_id = models.CharField(primary_key=True)
    name = models.CharField()
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    active = models.BooleanField()

    class Meta:
        ordering: ClassVar[list[str]] = ["staff_id"]
        verbose_name_plural = "staff"

    def __str__(self) -> str:
        return self.name or self.staff_id


class Borrower(models.Model):
    """Who owes: a person, a company or a village group; personal data."""

    borrower_id = models.CharField(primary_key=True)
    household_id = models.CharField()
    kind = models.CharField(max_length=20)
    name = models.CharField()
    national_id = models.CharField()
    phone = models.CharField()
    address = models.CharField()
    village = models.CharField()

    class Meta:
        ordering: ClassVar[list[str]] = ["borrower_id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["household_id"])]

    def __str__(self) -> str:
        return self.name or self.borrower_id


class Loan(models.Model):
    """The slim head of a loan: enough to find it and to know whose it is.

    The database does not watch over what loans, standings and findable loans refer to: it was
    checked as it was delivered, heads are never taken away, and to look up the parents of each row
    takes PostgreSQL longer than to write it.
    """

    loan_no = models.BigIntegerField(primary_key=True)
    """The book's own number of the loan, dense and never reused."""
    loan_id = models.CharField(db_index=True)
    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    staff_id = models.CharField()
    """Who originated it; empty where it is not known."""
    product = models.CharField()
    currency = models.CharField(max_length=3)
    principal = models.BigIntegerField()
    disbursed_on = models.DateField()
    matures_on = models.DateField()
    guarantee = models.CharField(max_length=20)
    closed_on = models.DateField(null=True)
    closed_as = models.CharField(max_length=20)
    """How it left the books; empty while it has not."""

    class Meta:
        ordering: ClassVar[list[str]] = ["loan_no"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["borrower"])]

    def __str__(self) -> str:
        return self.loan_id


class Standing(models.Model):
    """Where a problem loan stood at a close that is shown; amounts in minor units.

    The other loans' standings lie in the files of the close alone.
    """

    close = models.ForeignKey(Close, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    household_id = models.CharField()
    product = models.CharField()
    currency = models.CharField(max_length=3)
    guarantee = models.CharField(max_length=20)
    principal = models.BigIntegerField()
    outstanding_principal = models.BigIntegerField()
    paid_total = models.BigIntegerField()
    overdue_amount = models.BigIntegerField()
    overdue_principal = models.BigIntegerField()
    overdue_interest = models.BigIntegerField()
    overdue_fees = models.BigIntegerField()
    oldest_unpaid_due_on = models.DateField(null=True)
    days_past_due = models.IntegerField()
    unpaid_instalments = models.IntegerField()
    missed_in_a_row = models.IntegerField()
    missed_ever = models.IntegerField()
    three_six = models.BooleanField()
    bucket = models.CharField(max_length=2)
    grade = models.CharField(max_length=20)
    grade_rank = models.SmallIntegerField()
    """The grade as a number: worse is higher."""
    local_grade = models.CharField()
    grade_reasons = models.CharField()
    """Codes, joined by semicolons, worst first."""
    nonperforming = models.BooleanField()
    on_balance = models.BooleanField()
    provision = models.BigIntegerField()
    segment = models.CharField(max_length=3, default="")
    """Old or new by the policy's day; empty without one, and where an older program showed it."""

    class Meta:
        ordering: ClassVar[list[str]] = ["close", "loan"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["close", "loan"], name="one_standing_a_close")
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Lists are filtered, summed up and sorted in these alone, a third of a row. No product:
            # it may be longer than PostgreSQL takes into an index.
            models.Index(
                fields=[
                    *("close", "institution", "currency", "outstanding_principal"),
                    *("overdue_amount", "grade", "bucket", "guarantee", "grade_rank"),
                    *("days_past_due", "nonperforming", "three_six", "on_balance", "loan"),
                ],
                name="standings_as_listed",
            ),
            models.Index(
                fields=[
                    *("close", "household_id", "currency", "outstanding_principal"),
                    *("overdue_amount", "days_past_due", "grade_rank", "three_six"),
                ],
                name="standings_by_household",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} at {self.close_id}"


class Findable(models.Model):
    """A problem loan of the newest close that is shown, by what people look for it.

    Brought to each newest close by what differs from the one before. What is found by typing holds
    no number that is masked.
    """

    loan = models.OneToOneField(
        Loan, on_delete=models.PROTECT, db_constraint=False, primary_key=True
    )
    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    household_id = models.CharField()
    grade = models.CharField(max_length=20)
    name = models.TextField()
    """The name as rules.findable has it."""
    text = models.TextField()
    """Name, number, village and address likewise."""
    phone = models.CharField(max_length=200, default="")
    """The telephone numbers as terms.phones compares them, a space behind each.

    Nobody is found by a part of one.
    """

    class Meta:
        ordering: ClassVar[list[str]] = ["loan"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["institution"]),
            models.Index(fields=["household_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} to be found"


class Figure(models.Model):
    """A figure of a close that is shown: a node with all that is below it, by one way of parting.

    Amounts in minor units; never across currencies.
    """

    close = models.ForeignKey(Close, on_delete=models.PROTECT)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    by = models.CharField(max_length=20)
    value = models.CharField()
    """What the loans are parted by; empty for `all`."""
    loans = models.BigIntegerField()
    outstanding_principal = models.BigIntegerField()
    nonperforming_principal = models.BigIntegerField()
    nonperforming_loans = models.BigIntegerField()
    nonperforming_ratio = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    """Empty where nothing is outstanding."""
    overdue_amount = models.BigIntegerField()
    overdue_loans = models.BigIntegerField()
    provision = models.BigIntegerField()
    three_six_loans = models.BigIntegerField()
    three_six_principal = models.BigIntegerField()
    allowance = models.BigIntegerField(null=True)
    """What the general ledger has set aside; of the whole alone, and where it was delivered."""

    class Meta:
        ordering: ClassVar[list[str]] = ["close", "institution", "currency", "by", "value"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["close", "institution", "currency", "by", "value"], name="one_figure"
            )
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.by} {self.value} at {self.close_id}"

    @property
    def coverage(self) -> Decimal | None:
        """What is set aside as a part of what is nonperforming; None where one is not known."""
        if self.allowance is None or not self.nonperforming_principal:
            return None
        return Decimal(self.allowance) / self.nonperforming_principal


class Bridge(models.Model):
    """What led from the nonperforming balance of one day that is shown to that of a later one.

    It balances at every institution, or it is not there.
    """

    since = models.ForeignKey(Close, on_delete=models.PROTECT, related_name="+")
    close = models.ForeignKey(Close, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["since", "close"], name="one_bridge_of_two_closes")
        ]

    def __str__(self) -> str:
        return f"bridge {self.since_id} to {self.close_id}"


class BridgeCell(models.Model):
    """What an item of a bridge adds up to at an institution, signed, in minor units."""

    bridge = models.ForeignKey(Bridge, on_delete=models.PROTECT)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    item = models.CharField(max_length=40)
    loans = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["bridge", "institution", "currency", "item"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["bridge", "institution", "currency", "item"], name="one_cell"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item} at {self.institution_id} of {self.bridge_id}"


class BridgeLoan(models.Model):
    """What a loan has of a cell of a bridge; those of a cell add up to it."""

    bridge = models.ForeignKey(Bridge, on_delete=models.PROTECT, db_index=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, db_index=False)
    """The institution of the cell: the loan's, or one above it."""
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, db_index=False)
    currency = models.CharField(max_length=3)
    item = models.CharField(max_length=40)
    amount = models.BigIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["bridge", "institution", "item"])
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} in {self.item} at {self.institution_id} of {self.bridge_id}"
