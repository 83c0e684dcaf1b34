-- The tables of a delivery that a close needs.
CREATE TABLE institutions (
    institution_id text PRIMARY KEY, parent_id text, name text, kind text NOT NULL
);
CREATE TABLE borrowers (
    borrower_id text PRIMARY KEY, household_id text, kind text NOT NULL, name text,
    national_id text, phone text, address text, village text,
    latitude double precision, longitude double precision, industry text
);
CREATE TABLE loans (
    loan_id text PRIMARY KEY, borrower_id text NOT NULL, institution_id text NOT NULL,
    product text NOT NULL, currency text NOT NULL, principal numeric(18, 2) NOT NULL,
    annual_rate numeric(9, 6), disbursed_on date NOT NULL, matures_on date NOT NULL,
    guarantee text NOT NULL, staff_id text, purpose text, replaces_loan_id text,
    written_off_on date, closed_on date, closed_as text, outstanding_principal numeric(18, 2),
    delivered_on date
);
CREATE TABLE instalments (
    loan_id text NOT NULL, n integer NOT NULL, due_on date NOT NULL,
    principal_due numeric(18, 2) NOT NULL, interest_due numeric(18, 2) NOT NULL,
    fees_due numeric(18, 2) NOT NULL
);
CREATE TABLE payments (
    payment_id text NOT NULL, loan_id text NOT NULL, paid_on date NOT NULL,
    amount numeric(18, 2) NOT NULL, source text, payer text, reverses text
);
CREATE TABLE restructurings (
    loan_id text NOT NULL, restructured_on date NOT NULL, first_due_on date,
    difficulty boolean NOT NULL
);
CREATE TABLE judgements (
    judgement_id text PRIMARY KEY, loan_id text, borrower_id text, kind text NOT NULL,
    value text, from_on date NOT NULL, until_on date, reason text, staff_id text
);
