-- The standings in the words of the contract, and their figures at every node of the tree.
CREATE UNLOGGED TABLE standings AS
SELECT as_of, loan_id, household_id, borrower_id, institution_id, product, currency, guarantee,
    principal, outstanding_principal, paid_total,
    overdue_amount, overdue_principal, overdue_interest, overdue_fees,
    oldest_unpaid_due_on, days_past_due, unpaid_instalments, missed_in_a_row, missed_ever,
    missed_in_a_row >= 3 OR missed_ever >= 6 AS three_six,
    'M' || least(ceil(days_past_due / 30.0), 7) AS bucket,
    grade, grade AS local_grade,
    coalesce((
        SELECT string_agg(reason, ';' ORDER BY floor DESC, place)
        FROM (VALUES
            (1, 'days-past-due', days_past_due_floor), (2, 'restructured', restructured_floor),
            (3, 'renewal', renewal_floor), (4, 'contagion', contagion_floor),
            (5, 'judgement', judgement_floor), (6, 'cure-hold', cure_hold_floor)
        ) AS reasons (place, reason, floor)
        WHERE floor > 0 AND rank > 0
    ), '') AS grade_reasons,
    rank >= 2 AS nonperforming,
    on_balance,
    CASE WHEN on_balance
        THEN round(outstanding_principal * (ARRAY[0, 0.02, 0.25, 0.50, 1.00])[rank + 1], 2)
        ELSE 0 END AS provision
FROM graded
CROSS JOIN LATERAL (SELECT (ARRAY[
    'normal', 'special_mention', 'substandard', 'doubtful', 'loss'
])[rank + 1] AS grade) AS named
ORDER BY loan_id;

CREATE UNLOGGED TABLE figures AS
WITH RECURSIVE above (institution_id, node_id) AS (
    SELECT institution_id, institution_id FROM institutions
    UNION ALL
    SELECT a.institution_id, i.parent_id
    FROM above AS a JOIN institutions AS i ON i.institution_id = a.node_id
    WHERE i.parent_id IS NOT NULL
), cells AS (
    SELECT currency, institution_id, product, guarantee, grade, bucket,
        count(*) AS loans, sum(outstanding_principal) AS outstanding_principal,
        coalesce(sum(outstanding_principal) FILTER (WHERE nonperforming), 0)
            AS nonperforming_principal,
        sum(overdue_amount) AS overdue_amount, sum(provision) AS provision
    FROM standings
    WHERE on_balance
    GROUP BY currency, institution_id, product, guarantee, grade, bucket
), summed AS (
    SELECT currency, node_id AS institution_id, by, value, sum(loans)::bigint AS loans,
        sum(outstanding_principal) AS outstanding_principal,
        sum(nonperforming_principal) AS nonperforming_principal,
        sum(overdue_amount) AS overdue_amount, sum(provision) AS provision
    FROM cells
    CROSS JOIN LATERAL (VALUES
        ('all', ''), ('product', product), ('guarantee', guarantee),
        ('grade', grade), ('bucket', bucket)
    ) AS parted (by, value)
    JOIN above USING (institution_id)
    GROUP BY currency, node_id, by, value
)
SELECT *, round(nonperforming_principal / nullif(outstanding_principal, 0), 6)
    AS nonperforming_ratio
FROM summed;
