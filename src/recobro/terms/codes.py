"""The closed lists of words: those that a delivery may use, and those that a close answers with."""

from enum import StrEnum


class DeliveryKind(StrEnum):
    """Whether a delivery replaces the tables that it brings, or changes rows of them."""

    FULL = "full"
    DELTA = "delta"


class InstitutionKind(StrEnum):
    """What an institution is in the bank's tree."""

    HEAD_OFFICE = "head_office"
    REGION = "region"
    BRANCH = "branch"
    SUB_BRANCH = "sub_branch"


class BorrowerKind(StrEnum):
    """Who owes."""

    PERSON = "person"
    COMPANY = "company"
    VILLAGE_GROUP = "village_group"


class Guarantee(StrEnum):
    """What mainly secures a loan."""

    CREDIT = "credit"
    GUARANTEE = "guarantee"
    MORTGAGE = "mortgage"
    PLEDGE = "pledge"


class ClosedAs(StrEnum):
    """How a loan left the books."""

    PAID = "paid"
    SOLD = "sold"
    REPOSSESSED = "repossessed"
    WAIVED = "waived"
    REPLACED = "replaced"


class Source(StrEnum):
    """Where the money of a payment came from."""

    BORROWER = "borrower"
    CO_BORROWER = "co_borrower"
    GUARANTOR = "guarantor"
    COLLATERAL = "collateral"
    COURT = "court"
    INSURER = "insurer"
    DEALER = "dealer"
    COMPENSATION_FUND = "compensation_fund"
    STAFF = "staff"
    NEW_LOAN = "new_loan"
    THIRD_PARTY = "third_party"
    ASSET_IN_KIND = "asset_in_kind"
    WAIVER = "waiver"
    SALE = "sale"


class Role(StrEnum):
    """How another party is liable for a loan."""

    CO_BORROWER = "co_borrower"
    SPOUSE = "spouse"
    GUARANTOR = "guarantor"
    MORTGAGOR = "mortgagor"
    DEALER = "dealer"
    INSURER = "insurer"


class Liability(StrEnum):
    """How far a guarantor is liable (Civil Code of China, articles 687 and 688)."""

    JOINT = "joint"
    GENERAL = "general"


class Judgement(StrEnum):
    """What the risk department may decide about a loan or a borrower."""

    GRADE = "grade"
    TECHNICAL_DELAY = "technical_delay"
    ECL_SHARE = "ecl_share"
    EVASION = "evasion"
    LIQUIDATION = "liquidation"
    USE_CHANGED = "use_changed"
    RENEWAL_QUALIFIED = "renewal_qualified"
    EVERGREENING_CONFIRMED = "evergreening_confirmed"


class LedgerItem(StrEnum):
    """The accounts of the general ledger that a close ties out to."""

    LOANS = "loans"
    NONPERFORMING = "nonperforming"
    ALLOWANCE = "allowance"
    NET_CAPITAL = "net_capital"


class Component(StrEnum):
    """What an instalment asks for, and so what a payment can settle."""

    FEES = "fees"
    INTEREST = "interest"
    PRINCIPAL = "principal"


class Reason(StrEnum):
    """Why a grade is no better: the floors that may hold it, in the order they are listed."""

    DAYS_PAST_DUE = "days-past-due"
    GUARANTEE_MATRIX = "guarantee-matrix"
    RESTRUCTURED = "restructured"
    RENEWAL = "renewal"
    CONTAGION = "contagion"
    JUDGEMENT = "judgement"
    CURE_HOLD = "cure-hold"
