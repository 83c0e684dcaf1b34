-- Lay payments against instalments, oldest first; none of it depends on the day one looks from.
CREATE UNLOGGED TABLE received AS
SELECT loan_id, paid_on,
    sum(sum(amount)) OVER (PARTITION BY loan_id ORDER BY paid_on) AS paid_to
FROM payments AS p
WHERE reverses IS NULL
    AND NOT EXISTS (SELECT FROM payments AS r WHERE r.reverses = p.payment_id)
GROUP BY loan_id, paid_on;

CREATE UNLOGGED TABLE lines AS
WITH asking AS (
    SELECT loan_id, n, due_on, fees_due AS fees, interest_due AS interest,
        principal_due AS principal, fees_due + interest_due + principal_due AS due
    FROM instalments
    WHERE fees_due + interest_due + principal_due > 0
), asked AS (
    SELECT *, sum(due) OVER by_n AS asked_to, row_number() OVER by_n AS position
    FROM asking
    WINDOW by_n AS (PARTITION BY loan_id ORDER BY n)
), marks AS (
    SELECT loan_id, asked_to AS mark, NULL::date AS paid_on,
        n, due_on, fees, interest, principal, due, position
    FROM asked
    UNION ALL
    SELECT loan_id, paid_to, paid_on, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM received
), reached AS (
    -- From the end: a frame that begins at the current row would be summed up anew for each row.
    SELECT *, min(paid_on) OVER (PARTITION BY loan_id ORDER BY mark DESC) AS settled_on
    FROM marks
)
SELECT loan_id, n, due_on, fees, interest, principal, due, mark AS asked_to, position, settled_on
FROM reached
WHERE n IS NOT NULL;

CREATE INDEX ON received (loan_id, paid_on);
CREATE INDEX ON lines (loan_id, due_on);
ANALYZE received, lines;

CREATE UNLOGGED TABLE held (loan_id text, restructured_on date, held integer);

CREATE FUNCTION ladder(days integer) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN width_bucket(days, ARRAY[1, 91, 271, 361]);

-- The later of so many months and two instalments after a day.
CREATE FUNCTION waits_until(loan text, day date, months integer) RETURNS date LANGUAGE sql STABLE
RETURN greatest(
    (day + make_interval(months => months))::date,
    (SELECT due_on FROM lines WHERE loan_id = loan AND due_on > day
     ORDER BY due_on, n OFFSET 1 LIMIT 1)
);
