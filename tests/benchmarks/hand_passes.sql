-- The library's aggregates as a skilled person writes them: one table per subject, few columns, few months.
-- Views txn_year, txn_recent … are the landed files of the months a window can reach; see rivals.py.

CREATE TEMP TABLE h_txn_year AS
SELECT customer_id, max(occurred_at) AS last_at,
       min(CASE WHEN kind = 'payroll' AND direction = 'in' THEN occurred_at END) AS payroll_at
FROM txn_year WHERE occurred_at >= days_from(365) GROUP BY customer_id;

CREATE TEMP TABLE h_txn AS
SELECT customer_id,
    sum(CASE WHEN i AND w7 THEN amount END)::DECIMAL(18,2) AS inflow_7d,
    sum(CASE WHEN i AND w30 THEN amount END)::DECIMAL(18,2) AS inflow_30d,
    sum(CASE WHEN i THEN amount END)::DECIMAL(18,2) AS inflow_90d,
    sum(CASE WHEN o AND w7 THEN amount END)::DECIMAL(18,2) AS outflow_7d,
    sum(CASE WHEN o AND w30 THEN amount END)::DECIMAL(18,2) AS outflow_30d,
    sum(CASE WHEN o THEN amount END)::DECIMAL(18,2) AS outflow_90d,
    count(CASE WHEN w30 THEN 1 END) AS txn_count_30d,
    count(*) AS txn_count_90d,
    sum(CASE WHEN i AND w30 AND own THEN amount END)::DECIMAL(18,2) AS own_transfer_in_30d,
    sum(CASE WHEN o AND w30 AND own THEN amount END)::DECIMAL(18,2) AS own_transfer_out_30d,
    sum(CASE WHEN o AND w30 AND kind = 'cash' THEN amount END)::DECIMAL(18,2) AS cash_out_30d,
    sum(CASE WHEN i AND w30 AND kind = 'collection' THEN amount END)::DECIMAL(18,2) AS collection_30d,
    max(CASE WHEN i AND w30 THEN amount END) AS inflow_max_30d,
    sum(CASE WHEN o AND kind = 'purchase' THEN amount END)::DECIMAL(18,2) AS purchase_sum,
    count(CASE WHEN o AND kind = 'purchase' THEN 1 END) AS purchase_count,
    -- 30 days are 30 bits
    bit_count(bit_or(CASE WHEN w30 THEN 1 << (as_of() - occurred_at::DATE)::INTEGER END))::BIGINT
        AS txn_active_days_30d,
    arg_max(channel, (occurred_at, txn_id)) AS last_txn_channel,
    count(CASE WHEN channel = 'app' THEN 1 END) AS app_txn_count_90d,
    count(CASE WHEN channel = 'counter' THEN 1 END) AS counter_txn_count_90d,
    sum(CASE WHEN pay AND w30 THEN amount END)::DECIMAL(18,2) AS payroll_in_30d,
    sum(CASE WHEN pay THEN amount END)::DECIMAL(18,2) AS payroll_in_90d,
    count(CASE WHEN pay AND w45 THEN 1 END) > 0 AS is_payroll
FROM (
    SELECT customer_id, txn_id, occurred_at, amount, kind, channel,
        direction = 'in' AS i, direction = 'out' AS o, kind = 'payroll' AND direction = 'in' AS pay,
        counterparty = 'own_other_bank' AS own, occurred_at >= days_from(7) AS w7,
        occurred_at >= days_from(30) AS w30, occurred_at >= days_from(45) AS w45
    FROM txn_recent WHERE occurred_at >= days_from(90)
) GROUP BY customer_id;

CREATE TEMP TABLE h_event_year AS
SELECT customer_id, max(occurred_at) AS login_at
FROM event_year WHERE action = 'login' AND occurred_at >= days_from(365) GROUP BY customer_id;

CREATE TEMP TABLE h_event AS
SELECT customer_id,
    count(CASE WHEN login AND w7 THEN 1 END) AS logins_7d,
    count(CASE WHEN login AND w30 THEN 1 END) AS logins_30d,
    count(CASE WHEN login THEN 1 END) AS logins_90d,
    count(CASE WHEN seen AND object = 'wealth' AND occurred_at >= days_from(14) THEN 1 END) AS wealth_views_14d,
    count(CASE WHEN seen AND w30 AND object = 'wealth' THEN 1 END) AS wealth_views_30d,
    count(CASE WHEN seen AND w30 AND object = 'loan' THEN 1 END) AS loan_views_30d,
    count(CASE WHEN seen AND w30 AND object = 'deposit' THEN 1 END) AS deposit_views_30d,
    count(CASE WHEN seen AND w30 AND object = 'card' THEN 1 END) AS card_views_30d,
    count(CASE WHEN action = 'click' AND w30 AND object = 'wealth' THEN 1 END) AS wealth_clicks_30d,
    count(CASE WHEN action = 'click' AND w30 AND object = 'loan' THEN 1 END) AS loan_clicks_30d,
    count(CASE WHEN action IN ('apply', 'submit') THEN 1 END) AS applications_90d,
    count(CASE WHEN action = 'visit' AND channel = 'counter' THEN 1 END) AS counter_visits_90d,
    count(CASE WHEN channel = 'official_account' AND w30 THEN 1 END) AS official_account_events_30d,
    bit_count(bit_or(CASE WHEN w30 AND channel = 'app'
        THEN 1 << (as_of() - occurred_at::DATE)::INTEGER END))::BIGINT AS app_active_days_30d,
    arg_max(channel, (occurred_at, event_id)) AS last_event_channel
FROM (
    SELECT customer_id, event_id, occurred_at, channel, action, object,
        action = 'login' AS login, action = 'view' AS seen,
        occurred_at >= days_from(7) AS w7, occurred_at >= days_from(30) AS w30
    FROM event_recent WHERE occurred_at >= days_from(90)
) GROUP BY customer_id;

CREATE TEMP TABLE h_balance AS
SELECT customer_id, sum(now)::DECIMAL(18,2) AS balance_last, sum(d30)::DECIMAL(18,2) AS balance_30d_ago,
    sum(d90)::DECIMAL(18,2) AS balance_90d_ago, min(lowest) AS balance_min_90d, max(highest) AS balance_max_90d
FROM (
    SELECT customer_id, holding_id,
        arg_max(CASE WHEN asset AND age < 45 THEN amount END, balance_on) AS now,
        arg_max(CASE WHEN asset AND age BETWEEN 30 AND 74 THEN amount END, balance_on) AS d30,
        arg_max(CASE WHEN asset AND age BETWEEN 90 AND 134 THEN amount END, balance_on) AS d90,
        min(CASE WHEN line = 'deposit' AND age < 90 THEN amount END) AS lowest,
        max(CASE WHEN line = 'deposit' AND age < 90 THEN amount END) AS highest
    FROM (SELECT customer_id, holding_id, balance_on, amount, line, line IN ('deposit', 'wealth') AS asset,
              as_of() - balance_on AS age
          FROM balance_recent WHERE balance_on > as_of() - 135)
    GROUP BY customer_id, holding_id
) GROUP BY customer_id;

CREATE TEMP TABLE h_holding AS
SELECT customer_id,
    sum(CASE WHEN mine AND line = 'deposit' THEN amount END)::DECIMAL(18,2) AS deposit_balance,
    sum(CASE WHEN mine AND line = 'wealth' THEN amount END)::DECIMAL(18,2) AS wealth_balance,
    count(CASE WHEN mine AND line = 'deposit' THEN 1 END) > 0 AS holds_deposit,
    count(CASE WHEN mine AND line = 'wealth' THEN 1 END) > 0 AS holds_wealth,
    count(CASE WHEN mine AND line = 'card' THEN 1 END) > 0 AS holds_card,
    count(CASE WHEN role = 'owner' AND line = 'wealth' THEN 1 END) > 0 AS had_wealth,
    count(CASE WHEN mine THEN 1 END) AS holdings_open,
    count(DISTINCT CASE WHEN mine THEN product_id END) AS products_held,
    count(CASE WHEN running AND role = 'other' THEN 1 END) AS shared_holdings,
    max(CASE WHEN mine THEN risk END) AS product_risk_held,
    min(CASE WHEN mine AND line = 'deposit' AND ahead >= 0 THEN ahead END) AS deposit_matures_in_days,
    min(CASE WHEN mine AND line = 'wealth' AND ahead >= 0 THEN ahead END) AS wealth_matures_in_days,
    sum(CASE WHEN mine AND line = 'deposit' AND ahead BETWEEN 0 AND 30 THEN amount END)::DECIMAL(18,2)
        AS deposit_maturing_30d,
    sum(CASE WHEN mine AND line = 'deposit' AND ahead BETWEEN 0 AND 90 THEN amount END)::DECIMAL(18,2)
        AS deposit_maturing_90d,
    sum(CASE WHEN mine AND line = 'wealth' AND ahead BETWEEN 0 AND 30 THEN amount END)::DECIMAL(18,2)
        AS wealth_maturing_30d,
    sum(CASE WHEN mine AND line = 'wealth' AND ahead BETWEEN 0 AND 90 THEN amount END)::DECIMAL(18,2)
        AS wealth_maturing_90d,
    count(CASE WHEN loan THEN 1 END) AS loan_count,
    sum(CASE WHEN loan THEN amount END)::DECIMAL(18,2) AS loan_balance,
    sum(CASE WHEN loan THEN credit_limit END)::DECIMAL(18,2) AS approved_credit,
    sum(CASE WHEN loan THEN used END)::DECIMAL(18,2) AS used_credit,
    max(CASE WHEN loan THEN rate END) AS loan_rate_max,
    count(CASE WHEN loan AND status = 'overdue' THEN 1 END) > 0 AS is_overdue,
    min(CASE WHEN loan AND due >= 0 THEN due END) AS loan_due_in_days,
    sum(CASE WHEN loan AND due BETWEEN 0 AND 30 THEN next_due_amount END)::DECIMAL(18,2) AS loan_due_30d
FROM (
    SELECT h.*, p.risk_level AS risk, h.matures_on - as_of() AS ahead, h.next_due_on - as_of() AS due,
        h.closed_on IS NULL OR h.closed_on > as_of() AS running,
        h.role = 'owner' AND running AS mine, mine AND h.line = 'loan' AS loan
    FROM holding h LEFT JOIN product p USING (product_id)
) GROUP BY customer_id;

CREATE TEMP TABLE h_contact AS
SELECT customer_id,
    count(CASE WHEN contacted_on > as_of() - 7 THEN 1 END) AS contacts_7d,
    count(CASE WHEN contacted_on > as_of() - 30 THEN 1 END) AS contacts_30d,
    count(CASE WHEN w90 THEN 1 END) AS contacts_90d,
    count(CASE WHEN w90 AND outcome = 'accepted' THEN 1 END) AS contacts_accepted_90d,
    count(CASE WHEN w90 AND outcome = 'refused' THEN 1 END) AS contacts_refused_90d,
    as_of() - max(contacted_on) AS days_since_contact,
    arg_max(channel, (contacted_on, contact_id)) AS last_contact_channel,
    arg_max(outcome, (contacted_on, contact_id)) AS last_contact_outcome
FROM (SELECT customer_id, contact_id, contacted_on, channel, outcome, contacted_on > as_of() - 90 AS w90
      FROM contact_year WHERE contacted_on > as_of() - 365) GROUP BY customer_id;

CREATE TEMP TABLE h_relationship AS
SELECT customer_id,
    count(DISTINCT CASE WHEN closed_on IS NULL OR closed_on > as_of() THEN line END) AS lines_used,
    count(CASE WHEN line = 'e_banking' AND (closed_on IS NULL OR closed_on > as_of()) THEN 1 END) > 0
        AS uses_e_banking,
    count(CASE WHEN line = 'payment' AND (closed_on IS NULL OR closed_on > as_of()) THEN 1 END) > 0
        AS uses_payment,
    as_of() - max(opened_on) AS days_since_new_line
FROM relationship GROUP BY customer_id;

CREATE TEMP TABLE h_tie AS
SELECT customer_id, count(DISTINCT CASE WHEN kind = 'household' THEN other_id END) AS household_others,
    count(CASE WHEN kind = 'guarantor' THEN 1 END) > 0 AS has_guarantor,
    count(CASE WHEN kind = 'employer' THEN 1 END) > 0 AS has_employer,
    count(CASE WHEN kind = 'legal_representative' THEN 1 END) > 0 AS has_legal_representative
FROM tie WHERE valid_to IS NULL OR valid_to >= as_of() GROUP BY customer_id;

CREATE TEMP TABLE h_risk AS
SELECT customer_id, arg_max(level, assessed_on) AS risk_level, arg_max(expires_on, assessed_on)
    AS risk_expires_on, as_of() - max(assessed_on) AS days_since_assessment
FROM risk_assessment GROUP BY customer_id;

CREATE TEMP TABLE h_referral AS
SELECT customer_id, count(CASE WHEN referred_at >= days_from(90) THEN 1 END) AS referrals_90d,
    count(*) AS referrals_365d, count(CASE WHEN opened THEN 1 END) AS referrals_opened_365d,
    sum(reward)::DECIMAL(18,2) AS referral_reward_365d
FROM referral WHERE referred_at >= days_from(365) GROUP BY customer_id;

CREATE TEMP TABLE h_external AS
SELECT customer_id, count(DISTINCT measure) AS external_measures,
    as_of() - max(obtained_on) AS external_age_days
FROM external WHERE expires_on IS NULL OR expires_on >= as_of() GROUP BY customer_id;

CREATE TEMP TABLE h_manager AS
SELECT manager_id, on_duty, daily_capacity, load, targets, performance_days
FROM (SELECT manager_id, count(*) AS load FROM customer WHERE manager_id IS NOT NULL GROUP BY manager_id)
LEFT JOIN manager USING (manager_id)
LEFT JOIN (SELECT manager_id, count(*) AS targets FROM target
           WHERE valid_to IS NULL OR valid_to >= as_of() GROUP BY manager_id) USING (manager_id)
LEFT JOIN (SELECT manager_id, count(DISTINCT performed_on) AS performance_days
           FROM manager_performance WHERE amount > 0 AND performed_on > as_of() - 30
           GROUP BY manager_id) USING (manager_id);
