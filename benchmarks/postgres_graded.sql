-- Measure and grade ${views}: loans (loan_id) seen at the end of a day (as_of), in ${graded}.
CREATE TEMP TABLE measured AS
WITH paid AS (
    SELECT loan_id, as_of, max(paid_to) AS paid_total
    FROM ${views} JOIN received USING (loan_id)
    WHERE paid_on <= as_of
    GROUP BY loan_id, as_of
), reached AS (
    SELECT v.as_of, l.*,
        least(greatest(coalesce(paid_total, 0) - (asked_to - due), 0), due) AS reached
    FROM ${views} AS v
    JOIN lines AS l USING (loan_id)
    LEFT JOIN paid AS p USING (loan_id, as_of)
), parted AS (
    SELECT *,
        least(reached, fees) AS paid_fees,
        greatest(least(reached - fees, interest), 0) AS paid_interest,
        greatest(reached - fees - interest, 0) AS paid_principal,
        due_on < as_of AS overdue,
        coalesce(settled_on > as_of, true) AS unsettled,
        coalesce(settled_on > due_on, true) AS missed
    FROM reached
), summed AS (
    SELECT loan_id, as_of,
        sum(paid_principal) AS settled_principal,
        sum(principal - paid_principal) FILTER (WHERE overdue) AS overdue_principal,
        sum(interest - paid_interest) FILTER (WHERE overdue) AS overdue_interest,
        sum(fees - paid_fees) FILTER (WHERE overdue) AS overdue_fees,
        min(due_on) FILTER (WHERE overdue AND unsettled) AS oldest_unpaid_due_on,
        count(*) FILTER (WHERE overdue AND unsettled) AS unpaid_instalments,
        count(*) FILTER (WHERE overdue AND missed) AS missed_ever,
        count(*) FILTER (WHERE overdue)
            - coalesce(max(position) FILTER (WHERE overdue AND NOT missed), 0) AS run
    FROM parted
    GROUP BY loan_id, as_of
)
SELECT v.as_of, l.loan_id, coalesce(b.household_id, b.borrower_id) AS household_id,
    l.borrower_id, b.kind AS borrower_kind, l.institution_id, l.product, l.currency, l.guarantee,
    l.replaces_loan_id, l.principal,
    greatest(l.principal - coalesce(settled_principal, paid_total, 0), 0)
        AS outstanding_principal,
    coalesce(paid_total, 0) AS paid_total,
    coalesce(overdue_principal + overdue_interest + overdue_fees, 0) AS overdue_amount,
    coalesce(overdue_principal, 0) AS overdue_principal,
    coalesce(overdue_interest, 0) AS overdue_interest,
    coalesce(overdue_fees, 0) AS overdue_fees,
    oldest_unpaid_due_on,
    coalesce(v.as_of - oldest_unpaid_due_on, 0) AS days_past_due,
    coalesce(unpaid_instalments, 0) AS unpaid_instalments,
    CASE WHEN unpaid_instalments > 0 THEN run ELSE 0 END AS missed_in_a_row,
    coalesce(missed_ever, 0) AS missed_ever,
    coalesce(l.written_off_on > v.as_of, true) AND coalesce(l.closed_on > v.as_of, true)
        AS on_balance
FROM ${views} AS v
JOIN loans AS l USING (loan_id)
JOIN borrowers AS b USING (borrower_id)
LEFT JOIN paid USING (loan_id, as_of)
LEFT JOIN summed USING (loan_id, as_of);
ANALYZE measured;

CREATE TEMP TABLE ${graded} AS
WITH RECURSIVE judged AS (
    SELECT m.loan_id, m.as_of,
        max(array_position(
            ARRAY['special_mention', 'substandard', 'doubtful', 'loss'], j.value
        )) AS floor
    FROM measured AS m JOIN judgements AS j USING (loan_id)
    WHERE j.kind = 'grade' AND from_on <= as_of AND coalesce(until_on > as_of, true)
    GROUP BY m.loan_id, m.as_of
), observed AS (  -- a missed instalment inside an observation starts it again
    SELECT loan_id, as_of, restructured_on, waits_until(loan_id, first_due_on, 12) AS ends_on,
        first_due_on AS starts_on
    FROM ${views} JOIN restructurings USING (loan_id)
    WHERE difficulty AND restructured_on <= as_of
    UNION ALL
    SELECT o.loan_id, o.as_of, o.restructured_on, waits_until(o.loan_id, again, 12), again
    FROM observed AS o
    CROSS JOIN LATERAL (
        SELECT max(due_on) AS again
        FROM lines AS l
        WHERE l.loan_id = o.loan_id AND due_on < o.as_of AND coalesce(settled_on > due_on, true)
            AND due_on > o.starts_on AND due_on < o.ends_on
    ) AS missed
    WHERE again IS NOT NULL
), watched AS (
    SELECT loan_id, as_of, restructured_on
    FROM observed
    GROUP BY loan_id, as_of, restructured_on
    HAVING as_of < max(ends_on)
), restructured AS (
    SELECT loan_id, as_of, max(CASE WHEN held >= 2 THEN held ELSE 1 END) AS floor
    FROM watched LEFT JOIN held USING (loan_id, restructured_on)
    GROUP BY loan_id, as_of
), spans AS (
    SELECT m.loan_id, m.as_of, due_on + 1 AS begins_on,
        least(coalesce(settled_on, m.as_of + 1), m.as_of + 1) AS cured_on
    FROM measured AS m JOIN lines USING (loan_id)
    WHERE borrower_kind = 'company' AND outstanding_principal > 0
), reaching AS (
    SELECT *, max(cured_on) OVER (
        PARTITION BY loan_id, as_of ORDER BY begins_on, cured_on
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reached_on
    FROM spans
    WHERE begins_on < cured_on
), numbered AS (
    SELECT *, count(*) FILTER (WHERE coalesce(begins_on > reached_on, true)) OVER (
        PARTITION BY loan_id, as_of ORDER BY begins_on, cured_on ROWS UNBOUNDED PRECEDING
    ) AS episode
    FROM reaching
), episodes AS (
    SELECT loan_id, as_of, max(cured_on) AS cured_on, ladder(max(cured_on - begins_on)) AS rank
    FROM numbered
    GROUP BY loan_id, as_of, episode
), cured AS (
    SELECT loan_id, as_of, max(rank) AS floor
    FROM episodes
    WHERE rank >= 2 AND as_of < waits_until(loan_id, cured_on, 6)
    GROUP BY loan_id, as_of
), floors AS (
    SELECT m.*,
        ladder(days_past_due) AS days_past_due_floor,
        coalesce(restructured.floor, 0) AS restructured_floor,
        (replaces_loan_id IS NOT NULL AND on_balance)::integer AS renewal_floor,
        coalesce(judged.floor, 0) AS judgement_floor,
        coalesce(cured.floor, 0) AS cure_hold_floor
    FROM measured AS m
    LEFT JOIN judged USING (loan_id, as_of)
    LEFT JOIN restructured USING (loan_id, as_of)
    LEFT JOIN cured USING (loan_id, as_of)
), alone AS (
    SELECT *, greatest(
        days_past_due_floor, restructured_floor, renewal_floor, judgement_floor, cure_hold_floor
    ) AS alone
    FROM floors
), companies AS (
    SELECT borrower_id, currency, as_of, sum(outstanding_principal) AS owed,
        sum(outstanding_principal) FILTER (WHERE alone >= 2) AS bad
    FROM alone
    WHERE borrower_kind = 'company' AND on_balance
    GROUP BY borrower_id, currency, as_of
), infected AS (
    SELECT a.*, CASE
        WHEN NOT on_balance OR bad IS NULL THEN 0
        WHEN bad > 0.10 * owed THEN 2
        WHEN bad > 0 AND alone < 2 THEN 1
        ELSE 0 END AS contagion_floor
    FROM alone AS a
    LEFT JOIN companies USING (borrower_id, currency, as_of)
)
SELECT *, greatest(alone, contagion_floor) AS rank FROM infected;
DROP TABLE measured;
