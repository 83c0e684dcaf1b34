"""Big made-up books for benchmarks, written as deliveries straight from DuckDB.

Every figure of a loan is a function of its number and the seed, so that a table is one pass over
a range of numbers: nothing is joined or sorted, rows come out in the order of loan_id, and memory
does not grow with the book. Figures differ between releases of DuckDB, whose hash is not fixed.
"""

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import duckdb

DELIVERED_ON: Final = date(2025, 6, 30)
"""The day of the full delivery."""

_PAYMENTS_PER_NEW_LOAN: Final = 100  # of a delta
_PAYMENTS_PER_CHANGED_SCHEDULE: Final = 300
_SETTINGS: Final[dict[str, str | bool | int | float | list[str]]] = {
    "memory_limit": "1GB",
    "threads": 2,
}
_ROW_GROUP: Final = 122_880

_MACROS: Final = """
CREATE MACRO chance(number, what) AS  -- 0 to 9999, the same for the same number, what and seed
    (hash(number * 100 + what, getvariable('seed')) % 10000)::INTEGER;
CREATE MACRO loan_id(l) AS 'L' || lpad(l::VARCHAR, 9, '0');
CREATE MACRO borrower_id(b) AS 'B' || lpad(b::VARCHAR, 9, '0');
CREATE MACRO institution_id(i) AS 'I' || lpad(i::VARCHAR, 4, '0');
CREATE MACRO staff_id(s) AS 'S' || lpad(s::VARCHAR, 4, '0');
CREATE MACRO fen(amount) AS (amount::INTEGER * 0.01::DECIMAL(3, 2))::DECIMAL(18, 2);
CREATE MACRO month_of(date) AS ((year(date) - 2000) * 12 + month(date))::INTEGER;
CREATE MACRO on_day(month, day) AS getvariable('months')[month] + day;  -- from 0, up to 27

-- four neighbours: one company in a twentieth of the fours, two persons in a quarter, else four
CREATE MACRO four(l) AS (l - 1) // 4;
CREATE MACRO is_company(l) AS chance(four(l), 1) < 500;
CREATE MACRO borrower(l) AS CASE
    WHEN is_company(l) THEN four(l) * 4 + 1
    WHEN chance(four(l), 1) < 3000 THEN l - (l - 1) % 2
    ELSE l END;
CREATE MACRO household(l) AS
    CASE WHEN chance(four(l), 2) < 1500 THEN four(l) * 4 + 1 ELSE borrower(l) END;

-- what every table needs to know about the loans from first_loan to last_loan
CREATE VIEW loan AS
SELECT *, loan_id(l) AS loan_id, on_day(month, day) AS disbursed_on,
    on_day(month + instalments, day) AS matures_on
FROM (
    SELECT l, borrower(l) AS borrower, household(l) AS household, is_company(l) AS is_company,
        112 + chance(borrower(l), 3) % 890 AS lender,
        chance(l, 4) AS guarantee,
        20000 + chance(l, 5) * CASE WHEN is_company(l) THEN 400 ELSE 20 END AS part,
        400 + chance(l, 6) % 400 AS points,
        CASE WHEN l > getvariable('loans') THEN month_of(getvariable('delivered_on'))
            ELSE month_of(getvariable('first_delivered_on'))
                - instalments * (50 + chance(l, 7) % 34) // 100 END AS month,
        CASE WHEN l > getvariable('loans') THEN least(27, day(getvariable('delivered_on')) - 1)
            ELSE chance(l, 18) % 28 END::INTEGER AS day,
        -- three loans in a hundred stop being paid at some instalment
        CASE WHEN chance(l, 8) < 3 * getvariable('bad') THEN 1 + chance(l, 9) % instalments
            ELSE instalments + 1 END AS stops_at,
        instalments
    FROM (SELECT range AS l, getvariable('instalments')::INTEGER AS instalments
        FROM range(getvariable('first_loan'), getvariable('last_loan') + 1, getvariable('step'))));

CREATE VIEW instalment AS
SELECT *, on_day(month + n, day) AS due_on,
    (part::BIGINT * (instalments - n + 1) * points + 60000) // 120000 AS interest
FROM (SELECT *, unnest(range(1, instalments + 1))::INTEGER AS n FROM loan);
"""
_MONTHS: Final = """
SET VARIABLE months = (
    SELECT list((DATE '2000-01-01' + to_months(range::INTEGER))::DATE ORDER BY range)
    FROM range(1200))
"""

_PAYMENTS: Final = """
WITH asked AS (
    SELECT loan_id, l, n, due_on, part, part + interest AS due, chance(l * 1000 + n, 10) AS habit
    FROM instalment
    WHERE n < stops_at AND due_on <= getvariable('delivered_on') + 28
), habits AS (
    SELECT *, CASE
        WHEN habit < 9700 - 5 * getvariable('late') THEN 'on time' WHEN habit < 9700 THEN 'late'
        WHEN habit < 9880 THEN 'in two parts'
        WHEN habit < 9880 + getvariable('bad') // 20 THEN 'never'
        WHEN habit < 9975 THEN 'in advance' ELSE 'reversed' END AS how
    FROM asked
), rows AS (
    SELECT *, unnest(range(1, CASE how
        WHEN 'never' THEN 1 WHEN 'in two parts' THEN 3 WHEN 'reversed' THEN 4 ELSE 2 END)) AS k,
        loan_id || '-' || n || '-' AS payment
    FROM habits
), paid AS (
    SELECT *,
        CASE how
            WHEN 'on time' THEN due_on - habit % 3
            WHEN 'late' THEN due_on + 1 + habit % 45
            WHEN 'in advance' THEN due_on - 28
            ELSE due_on + 7 * (k - 1)::INTEGER END AS paid_on,
        CASE WHEN how <> 'in two parts' THEN due
            WHEN k = 1 THEN due - part // 2 ELSE part // 2 END AS amount
    FROM rows
)
SELECT payment || k AS payment_id,
    loan_id,
    paid_on,
    fen(amount) AS amount,
    CASE WHEN how = 'late' AND n % 7 = 0 THEN 'guarantor' ELSE 'borrower' END AS source,
    NULL::VARCHAR AS payer,
    CASE WHEN how = 'reversed' AND k = 2 THEN payment || '1' END AS reverses
FROM paid
WHERE paid_on <= getvariable('delivered_on')
"""

_OF_LOANS: Final = {
    "borrowers": """
SELECT borrower_id(l) AS borrower_id,
    CASE WHEN NOT is_company AND household <> l THEN borrower_id(household) END AS household_id,
    CASE WHEN is_company THEN 'company' ELSE 'person' END AS kind,
    'Borrower ' || l AS name,
    NULL::VARCHAR AS national_id, NULL::VARCHAR AS phone, NULL::VARCHAR AS address,
    'Village ' || lender AS village,
    NULL::DOUBLE AS latitude, NULL::DOUBLE AS longitude, NULL::VARCHAR AS industry
FROM loan WHERE borrower = l
""",
    "loans": """
SELECT loan_id,
    borrower_id(borrower) AS borrower_id,
    institution_id(lender) AS institution_id,
    CASE WHEN is_company THEN 'equipment' ELSE 'consumer' END AS product,
    'CNY' AS currency,
    fen(part * instalments) AS principal,
    (points * 0.0001::DECIMAL(5, 4))::DECIMAL(9, 6) AS annual_rate,
    disbursed_on,
    matures_on,
    CASE WHEN guarantee < 2500 THEN 'mortgage'
        WHEN guarantee < 5000 THEN 'guarantee' ELSE 'credit' END AS guarantee,
    staff_id(lender * 4 + l % 4) AS staff_id,
    NULL::VARCHAR AS purpose,
    CASE WHEN l > 1 AND chance(l, 11) < 50 THEN loan_id(l - 1) END AS replaces_loan_id,
    CASE WHEN stops_at <= instalments AND chance(l, 12) < 5000
            AND on_day(month + stops_at + 13, day) <= getvariable('first_delivered_on')
        THEN on_day(month + stops_at + 13, day) END AS written_off_on,
    NULL::DATE AS closed_on,
    NULL::VARCHAR AS closed_as,
    NULL::DECIMAL(18, 2) AS outstanding_principal,
    getvariable('delivered_on') AS delivered_on
FROM loan
""",
    "instalments": """
SELECT loan_id, n, due_on, fen(part) AS principal_due, fen(interest) AS interest_due,
    fen(0) AS fees_due
FROM instalment
""",
    "restructurings": """
SELECT loan_id, on_day(month + 12, day) + 1 AS restructured_on,
    on_day(month + 13, day) AS first_due_on, l % 3 <> 0 AS difficulty
FROM loan
WHERE chance(l, 13) < 50 AND on_day(month + 12, day) < getvariable('delivered_on')
""",
    "obligors": """
SELECT loan_id, borrower_id(borrower(l - 4)) AS borrower_id, 'guarantor' AS role,
    'joint' AS liability, matures_on + 1095 AS guaranteed_until, NULL::DECIMAL(9, 6) AS share
FROM loan WHERE guarantee BETWEEN 2500 AND 4999 AND l > 4
""",
    "collateral": """
SELECT 'C' || l AS collateral_id, 'house' AS kind, 'House ' || l AS description,
    'TITLE-' || l AS certificate_no, borrower_id(borrower) AS owner_borrower_id,
    fen(part * instalments * 2) AS value, 'CNY' AS currency, disbursed_on - 20 AS valued_on,
    NULL::VARCHAR AS appraiser, NULL::DATE AS insured_until,
    NULL::DOUBLE AS latitude, NULL::DOUBLE AS longitude
FROM loan WHERE guarantee < 2500
""",
    "securities": """
SELECT 'C' || l AS collateral_id, loan_id, 1 AS rank,
    fen(part * instalments) AS secured_amount, disbursed_on AS registered_on,
    matures_on + 730 AS registered_until
FROM loan WHERE guarantee < 2500
""",
}
"""The rows about the loans from first_loan to last_loan."""

_CHANGED: Final = """
CREATE TABLE changed AS  -- what fell due stays as it was asked, a lower rate holds for the rest
SELECT loan_id, n, due_on, fen(part) AS principal_due,
    fen(CASE WHEN due_on > getvariable('delivered_on') THEN interest * 9 // 10 ELSE interest END)
        AS interest_due,
    fen(0) AS fees_due
FROM instalment
"""

_OF_THE_BANK: Final = {
    "institutions": """
SELECT institution_id(i) AS institution_id,
    CASE WHEN i = 1 THEN NULL WHEN i <= 11 THEN institution_id(1)
        WHEN i <= 111 THEN institution_id(2 + i % 10)
        ELSE institution_id(12 + i % 100) END AS parent_id,
    'Institution ' || i AS name,
    CASE WHEN i = 1 THEN 'head_office' WHEN i <= 11 THEN 'region'
        WHEN i <= 111 THEN 'branch' ELSE 'sub_branch' END AS kind
FROM range(1, 1002) AS r(i)
""",
    "staff": """
SELECT staff_id(s) AS staff_id, 'Officer ' || s AS name,
    institution_id(s // 4) AS institution_id, true AS active
FROM range(4, 4008) AS r(s)
""",
    "payments": _PAYMENTS,
    "judgements": """
SELECT 'J' || l AS judgement_id, loan_id, NULL::VARCHAR AS borrower_id,
    'grade' AS kind, CASE WHEN l % 2 = 0 THEN 'special_mention' ELSE 'substandard' END AS value,
    getvariable('delivered_on') - chance(l, 14) % 300 AS from_on,
    NULL::DATE AS until_on, 'decided in a meeting' AS reason, staff_id(4) AS staff_id
FROM loan WHERE chance(l, 15) < 10
""",
}

_PAYMENTS_OF_A_DAY: Final = """
SELECT 'D' || strftime(getvariable('delivered_on'), '%Y%m%d') || '-' || lpad(k::VARCHAR, 7, '0')
        AS payment_id,
    loan_id(l) AS loan_id,
    getvariable('delivered_on')  -- one in fifty is booked some days late
        - CASE WHEN k % 50 = 0 THEN chance(l, 16) % 40 ELSE 0 END AS paid_on,
    fen(20000 + chance(k, 17) * 20) AS amount,
    'borrower' AS source, NULL::VARCHAR AS payer, NULL::VARCHAR AS reverses
FROM (
    SELECT range AS k, 1 + (range * getvariable('loans') + getvariable('day') * 9973)
        // getvariable('payments') % getvariable('loans') AS l
    FROM range(getvariable('payments')))
ORDER BY loan_id, payment_id
"""


@dataclass(frozen=True)
class Trouble:
    """How many loans go bad, and how many instalments are paid late, in percent of the usual."""

    bad: int = 100
    late: int = 100


USUAL: Final = Trouble()
CALM: Final = Trouble(bad=30, late=78)
"""Of a million loans some 60,000 are problem loans, and 20,000 households have a case."""


def generate(
    folder: Path,
    *,
    loans: int = 1_000_000,
    instalments: int = 36,
    seed: int = 1,
    trouble: Trouble = USUAL,
) -> Path:
    """Write a full delivery of so many loans as Parquet, and return its folder.

    About two thirds of the instalments have fallen due: 92 in 100 of them are paid on time, others
    late, in two parts, in advance, never, or with a reversal between; 3 loans in 100 stop.
    """
    numbers = {"loans": loans, "instalments": instalments, "seed": seed}
    with _connected(numbers, trouble, on=DELIVERED_ON) as connection:
        _number(connection, last_loan=loans)
        _write(connection, folder, (_OF_THE_BANK | _OF_LOANS).items())
    return folder


def delta(
    folder: Path,
    *,
    loans: int = 1_000_000,
    payments: int = 30_000,
    instalments: int = 36,
    seed: int = 1,
    day: int = 1,
    trouble: Trouble = USUAL,
) -> Path:
    """Write what came in on a day after the full delivery of so many loans, and return the folder.

    Payments on loans all over the book, one in fifty booked late; a few new loans, and schedules
    of some old ones that were changed.
    """
    new = payments // _PAYMENTS_PER_NEW_LOAN
    step = max(1, loans * _PAYMENTS_PER_CHANGED_SCHEDULE // payments)
    on = DELIVERED_ON + timedelta(days=day)
    numbers = {"loans": loans, "instalments": instalments, "seed": seed}
    with _connected(numbers, trouble, on=on) as connection:
        _number(connection, first_loan=1 + day % step, last_loan=loans, step=step)
        connection.execute(_CHANGED)
        first = -(-loans // 4) * 4 + 1 + (day - 1) * -(-new // 4) * 4  # a four is not torn apart
        _number(connection, first_loan=first, last_loan=first + new - 1, step=1)
        _number(connection, payments=payments, day=day)
        instalments_of_a_day = f"FROM changed UNION ALL {_OF_LOANS['instalments']}"
        of_a_day = {"payments": _PAYMENTS_OF_A_DAY, "instalments": instalments_of_a_day}
        _write(connection, folder, (_OF_LOANS | of_a_day).items())
    return folder


def _connected(
    numbers: Mapping[str, int], trouble: Trouble, *, on: date
) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config=_SETTINGS)
    _number(connection, **numbers, **asdict(trouble))
    _number(connection, first_loan=1, last_loan=0, step=1)
    for name, day in (("first_delivered_on", DELIVERED_ON), ("delivered_on", on)):
        connection.execute(f"SET VARIABLE {name} = DATE '{day}'")
    connection.execute(_MONTHS)
    connection.execute(_MACROS)
    return connection


def _number(connection: duckdb.DuckDBPyConnection, **numbers: int) -> None:
    for name, number in numbers.items():
        connection.execute(f"SET VARIABLE {name} = {number}::BIGINT")


def _write(
    connection: duckdb.DuckDBPyConnection, folder: Path, queries: Iterable[tuple[str, str]]
) -> None:
    folder.mkdir(parents=True)
    for table, query in queries:
        rows = connection.sql(query)
        rows.write_parquet(
            str(folder / f"{table}.parquet"), compression="zstd", row_group_size=_ROW_GROUP
        )


def main() -> None:
    """Write a book, or a day's delta to one, from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__)
    parser.add_argument("folder", type=Path, help="the delivery's folder; it must not exist")
    parser.add_argument("--loans", type=int, default=1_000_000, help="loans of the full delivery")
    parser.add_argument("--instalments", type=int, default=36, help="instalments of each loan")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--day", type=int, help="write the delta of this day after the full one")
    parser.add_argument("--payments", type=int, default=30_000, help="payments of the delta")
    options = vars(parser.parse_args())
    if options["day"] is None:
        del options["day"], options["payments"]
        print(generate(**options))
    else:
        print(delta(**options))


if __name__ == "__main__":
    main()
