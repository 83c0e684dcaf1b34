-- Once the rows are in: what the close looks up by, and what it reads in order.
ALTER TABLE instalments ADD PRIMARY KEY (loan_id, n);
ALTER TABLE payments ADD PRIMARY KEY (payment_id);
ALTER TABLE restructurings ADD PRIMARY KEY (loan_id, restructured_on);
CREATE INDEX ON payments (loan_id, paid_on) INCLUDE (amount);
CREATE INDEX ON payments (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX ON loans (borrower_id);
CREATE INDEX ON judgements (loan_id);
VACUUM ANALYZE;
