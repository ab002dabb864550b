-- The library's aggregates as a skilled person writes them: one table per subject and reach, few columns,
-- few months. Views txn_year, txn_half … are the landed files of the months a window can reach (rivals.py).

CREATE TEMP TABLE h_txn_year AS
SELECT customer_id, max(occurred_at)::DATE AS last_on,
    max(CASE WHEN kind NOT IN ('interest', 'fee') OR kind IS NULL THEN occurred_at END)::DATE AS active_on,
    min(CASE WHEN kind = 'payroll' AND direction = 'in' THEN occurred_at END)::DATE AS first_payroll_on,
    max(CASE WHEN kind = 'payroll' AND direction = 'in' THEN occurred_at END)::DATE AS payroll_on
FROM txn_year WHERE occurred_at >= days_from(365) GROUP BY customer_id;

-- Six periods of 30 days: of them the inflow, its trend and its spread.
CREATE TEMP TABLE h_txn_half AS
SELECT customer_id,
    sum(CASE WHEN i AND w30 THEN amount END)::DECIMAL(18,2) AS i0,
    sum(CASE WHEN i AND w60 AND NOT w30 THEN amount END)::DECIMAL(18,2) AS i1,
    sum(CASE WHEN i AND w90 AND NOT w60 THEN amount END)::DECIMAL(18,2) AS i2,
    sum(CASE WHEN i AND w120 AND NOT w90 THEN amount END)::DECIMAL(18,2) AS i3,
    sum(CASE WHEN i AND w150 AND NOT w120 THEN amount END)::DECIMAL(18,2) AS i4,
    sum(CASE WHEN i AND NOT w150 THEN amount END)::DECIMAL(18,2) AS i5,
    sum(CASE WHEN o THEN amount END)::DECIMAL(18,2) AS outflow_180d,
    count(CASE WHEN active THEN 1 END) AS active_txn_count_180d,
    max(CASE WHEN o AND kind = 'wealth_buy' THEN occurred_at END)::DATE AS bought_on,
    max(CASE WHEN i AND kind = 'wealth_redeem' THEN occurred_at END)::DATE AS redeemed_on
FROM (
    SELECT customer_id, occurred_at, amount, kind, direction = 'in' AS i, direction = 'out' AS o,
        coalesce(kind NOT IN ('interest', 'fee'), true) AS active, occurred_at >= days_from(30) AS w30,
        occurred_at >= days_from(60) AS w60, occurred_at >= days_from(90) AS w90,
        occurred_at >= days_from(120) AS w120, occurred_at >= days_from(150) AS w150
    FROM txn_half WHERE occurred_at >= days_from(180)
) GROUP BY customer_id;

CREATE TEMP TABLE h_txn AS
SELECT customer_id,
    sum(CASE WHEN i AND w7 THEN amount END)::DECIMAL(18,2) AS inflow_7d,
    sum(CASE WHEN o AND w7 THEN amount END)::DECIMAL(18,2) AS outflow_7d,
    sum(CASE WHEN o AND w30 THEN amount END)::DECIMAL(18,2) AS outflow_30d,
    sum(CASE WHEN o THEN amount END)::DECIMAL(18,2) AS outflow_90d,
    count(CASE WHEN w30 THEN 1 END) AS txn_count_30d,
    count(*) AS txn_count_90d,
    count(CASE WHEN active AND w30 THEN 1 END) AS active_txn_count_30d,
    count(CASE WHEN active THEN 1 END) AS active_txn_count_90d,
    sum(CASE WHEN i AND w30 AND own THEN amount END)::DECIMAL(18,2) AS own_transfer_in_30d,
    sum(CASE WHEN i AND own THEN amount END)::DECIMAL(18,2) AS own_transfer_in_90d,
    sum(CASE WHEN o AND w30 AND own THEN amount END)::DECIMAL(18,2) AS own_transfer_out_30d,
    sum(CASE WHEN o AND own THEN amount END)::DECIMAL(18,2) AS own_transfer_out_90d,
    count(CASE WHEN i AND large THEN 1 END) AS large_inflows_90d,
    count(CASE WHEN o AND large THEN 1 END) AS large_outflows_90d,
    sum(CASE WHEN i AND w30 AND cash THEN amount END)::DECIMAL(18,2) AS cash_in_30d,
    sum(CASE WHEN o AND w30 AND cash THEN amount END)::DECIMAL(18,2) AS cash_out_30d,
    sum(CASE WHEN o AND kind = 'fee' THEN amount END)::DECIMAL(18,2) AS fees_90d,
    max(CASE WHEN i AND w30 THEN amount END) AS inflow_max_30d,
    max(CASE WHEN o AND w30 THEN amount END) AS outflow_max_30d,
    sum(CASE WHEN spent THEN amount END)::DECIMAL(18,2) AS spent_90d,
    count(CASE WHEN spent THEN 1 END) AS purchases_90d,
    sum(CASE WHEN spent AND category = 'utilities' THEN amount END)::DECIMAL(18,2) AS spent_on_utilities_90d,
    sum(CASE WHEN spent AND category = 'farm_supplies' THEN amount END)::DECIMAL(18,2)
        AS spent_on_farm_supplies_90d,
    sum(CASE WHEN spent AND category = 'education' THEN amount END)::DECIMAL(18,2) AS spent_on_education_90d,
    count(CASE WHEN bought THEN 1 END) AS wealth_buys_90d,
    sum(CASE WHEN bought THEN amount END)::DECIMAL(18,2) AS wealth_bought_90d,
    count(CASE WHEN redeemed THEN 1 END) AS wealth_redemptions_90d,
    sum(CASE WHEN redeemed THEN amount END)::DECIMAL(18,2) AS wealth_redeemed_90d,
    count(CASE WHEN repaid THEN 1 END) AS repayments_90d,
    sum(CASE WHEN repaid THEN amount END)::DECIMAL(18,2) AS repaid_90d,
    max(CASE WHEN repaid THEN occurred_at END)::DATE AS repaid_on,
    sum(CASE WHEN i AND kind = 'loan_payout' THEN amount END)::DECIMAL(18,2) AS loan_payout_90d,
    -- 30 days are 30 bits
    bit_count(bit_or(CASE WHEN w30 THEN day END))::BIGINT AS txn_active_days_30d,
    bit_count(bit_or(CASE WHEN w30 AND collected THEN day END))::BIGINT AS collection_days_30d,
    sum(CASE WHEN w30 AND collected THEN amount END)::DECIMAL(18,2) AS collection_30d,
    sum(CASE WHEN collected THEN amount END)::DECIMAL(18,2) AS collection_90d,
    count(CASE WHEN collected THEN 1 END) AS collection_count_90d,
    sum(CASE WHEN collected AND NOT w60 THEN amount END)::DECIMAL(18,2) AS collected_first,
    sum(CASE WHEN pay AND w30 THEN amount END)::DECIMAL(18,2) AS payroll_in_30d,
    sum(CASE WHEN pay THEN amount END)::DECIMAL(18,2) AS payroll_in_90d,
    count(CASE WHEN pay THEN 1 END) AS payroll_count_90d,
    arg_max(channel, (occurred_at, txn_id)) AS last_txn_channel,
    count(channel) AS channel_count,
    count(CASE WHEN app THEN 1 END) AS app_txn_count_90d,
    count(CASE WHEN counter THEN 1 END) AS counter_txn_count_90d,
    count(CASE WHEN channel = 'web' THEN 1 END) AS web_txn_count_90d,
    count(CASE WHEN channel = 'atm' THEN 1 END) AS atm_txn_count_90d,
    count(CASE WHEN channel = 'pos' THEN 1 END) AS pos_txn_count_90d,
    count(CASE WHEN channel = 'wechat' THEN 1 END) AS wechat_txn_count_90d,
    count(CASE WHEN channel = 'other' THEN 1 END) AS other_txn_count,
    sum(CASE WHEN i AND w30 AND app THEN amount END)::DECIMAL(18,2) AS app_inflow_30d,
    sum(CASE WHEN o AND w30 AND app THEN amount END)::DECIMAL(18,2) AS app_outflow_30d,
    sum(CASE WHEN i AND w30 AND counter THEN amount END)::DECIMAL(18,2) AS counter_inflow_30d,
    sum(CASE WHEN o AND w30 AND counter THEN amount END)::DECIMAL(18,2) AS counter_outflow_30d
FROM (
    SELECT customer_id, txn_id, occurred_at, amount, kind, channel, category,
        direction = 'in' AS i, direction = 'out' AS o, kind = 'payroll' AND direction = 'in' AS pay,
        kind = 'purchase' AND direction = 'out' AS spent, kind = 'cash' AS cash, amount >= 50000 AS large,
        kind = 'wealth_buy' AND direction = 'out' AS bought,
        kind = 'wealth_redeem' AND direction = 'in' AS redeemed,
        kind = 'repayment' AND direction = 'out' AS repaid,
        kind = 'collection' AND direction = 'in' AS collected,
        coalesce(kind NOT IN ('interest', 'fee'), true) AS active,
        counterparty = 'own_other_bank' AS own, channel = 'app' AS app, channel = 'counter' AS counter,
        occurred_at >= days_from(7) AS w7, occurred_at >= days_from(30) AS w30,
        occurred_at >= days_from(60) AS w60,
        CASE WHEN occurred_at >= days_from(30) THEN 1 << (as_of() - occurred_at::DATE)::INTEGER END AS day
    FROM txn_recent WHERE occurred_at >= days_from(90)
) GROUP BY customer_id;

CREATE TEMP TABLE h_event_year AS
SELECT customer_id, max(occurred_at)::DATE AS login_on
FROM event_year WHERE action = 'login' AND occurred_at >= days_from(365) GROUP BY customer_id;

CREATE TEMP TABLE h_event AS
SELECT customer_id,
    count(CASE WHEN login AND w7 THEN 1 END) AS logins_7d,
    count(CASE WHEN login AND w30 THEN 1 END) AS logins_30d,
    count(CASE WHEN login THEN 1 END) AS logins_90d,
    count(CASE WHEN login AND occurred_at < days_from(60) THEN 1 END) AS logins_first,
    count(CASE WHEN seen AND wealth AND occurred_at >= days_from(14) THEN 1 END) AS wealth_views_14d,
    count(CASE WHEN seen AND w30 AND wealth THEN 1 END) AS wealth_views_30d,
    count(CASE WHEN seen AND w30 AND loan THEN 1 END) AS loan_views_30d,
    count(CASE WHEN seen AND w30 AND deposit THEN 1 END) AS deposit_views_30d,
    count(CASE WHEN seen AND w30 AND card THEN 1 END) AS card_views_30d,
    max(CASE WHEN seen AND wealth THEN occurred_at END)::DATE AS wealth_seen_on,
    max(CASE WHEN seen AND loan THEN occurred_at END)::DATE AS loan_seen_on,
    count(CASE WHEN action = 'click' AND w30 AND wealth THEN 1 END) AS wealth_clicks_30d,
    count(CASE WHEN action = 'click' AND w30 AND loan THEN 1 END) AS loan_clicks_30d,
    count(CASE WHEN action = 'apply' THEN 1 END) AS applications_begun_90d,
    count(CASE WHEN action = 'submit' THEN 1 END) AS applications_sent_90d,
    count(CASE WHEN applied AND wealth THEN 1 END) AS wealth_applications_90d,
    count(CASE WHEN applied AND loan THEN 1 END) AS loan_applications_90d,
    count(CASE WHEN applied AND deposit THEN 1 END) AS deposit_applications_90d,
    count(CASE WHEN applied AND card THEN 1 END) AS card_applications_90d,
    count(CASE WHEN action = 'visit' AND channel = 'counter' THEN 1 END) AS counter_visits_90d,
    count(CASE WHEN channel = 'official_account' AND w30 THEN 1 END) AS official_account_events_30d,
    bit_count(bit_or(CASE WHEN w30 AND app THEN 1 << (as_of() - occurred_at::DATE)::INTEGER END))::BIGINT
        AS app_active_days_30d,
    arg_max(channel, (occurred_at, event_id)) AS last_event_channel,
    count(CASE WHEN app THEN 1 END) AS app_events,
    count(CASE WHEN app AND hour >= 18 THEN 1 END) AS app_evening,
    count(CASE WHEN app AND isodow(occurred_at) >= 6 THEN 1 END) AS app_weekend
FROM (
    SELECT customer_id, event_id, occurred_at, channel, action,
        action = 'login' AS login, action = 'view' AS seen, action IN ('apply', 'submit') AS applied,
        channel = 'app' AS app, hour(occurred_at) AS hour,
        object = 'wealth' AS wealth, object = 'loan' AS loan, object = 'deposit' AS deposit,
        object = 'card' AS card, occurred_at >= days_from(7) AS w7, occurred_at >= days_from(30) AS w30
    FROM event_recent WHERE occurred_at >= days_from(90)
) GROUP BY customer_id;

CREATE TEMP TABLE h_event_hour AS
SELECT customer_id, arg_min(hour, (-times, hour)) AS best_app_hour_90d
FROM (
    SELECT customer_id, hour(occurred_at) AS hour, count(*) AS times
    FROM event_recent WHERE channel = 'app' AND occurred_at >= days_from(90) GROUP BY ALL
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

-- A balance holds until the next one of its account, at most 45 days: yuan times days in each period.
CREATE TEMP TABLE h_balance_days AS
SELECT customer_id,
    sum(CASE WHEN held(balance_on, ends, 30, 30) > 0 THEN amount * held(balance_on, ends, 30, 30) END) AS b0,
    sum(CASE WHEN held(balance_on, ends, 60, 30) > 0 THEN amount * held(balance_on, ends, 60, 30) END) AS b1,
    sum(CASE WHEN held(balance_on, ends, 90, 30) > 0 THEN amount * held(balance_on, ends, 90, 30) END) AS b2,
    sum(CASE WHEN held(balance_on, ends, 120, 30) > 0 THEN amount * held(balance_on, ends, 120, 30) END) AS b3,
    sum(CASE WHEN held(balance_on, ends, 150, 30) > 0 THEN amount * held(balance_on, ends, 150, 30) END) AS b4,
    sum(CASE WHEN held(balance_on, ends, 180, 30) > 0 THEN amount * held(balance_on, ends, 180, 30) END) AS b5,
    sum(CASE WHEN held(balance_on, ends, 365, 365) > 0 THEN amount * held(balance_on, ends, 365, 365) END)
        AS year,
    sum(CASE WHEN line = 'deposit' AND held(balance_on, ends, 90, 90) > 0
        THEN amount * held(balance_on, ends, 90, 90) END) AS deposit
FROM (
    SELECT customer_id, line, amount, balance_on,
        least(lead(balance_on, 1, balance_on + 45) OVER (
            PARTITION BY customer_id, holding_id ORDER BY balance_on), balance_on + 45) AS ends
    FROM balance_year WHERE balance_on > as_of() - 410
) WHERE line IN ('deposit', 'wealth') GROUP BY customer_id;

CREATE TEMP TABLE h_holding AS
SELECT customer_id,
    sum(CASE WHEN mine AND deposit THEN amount END)::DECIMAL(18,2) AS deposit_balance,
    sum(CASE WHEN mine AND wealth THEN amount END)::DECIMAL(18,2) AS wealth_balance,
    count(CASE WHEN mine AND deposit THEN 1 END) > 0 AS holds_deposit,
    count(CASE WHEN mine AND wealth THEN 1 END) > 0 AS holds_wealth,
    count(CASE WHEN mine AND line = 'card' THEN 1 END) > 0 AS holds_card,
    count(CASE WHEN owner AND wealth THEN 1 END) > 0 AS had_wealth,
    count(CASE WHEN mine THEN 1 END) AS holdings_open,
    count(DISTINCT CASE WHEN mine THEN product_id END) AS products_held,
    count(CASE WHEN running AND role = 'other' THEN 1 END) AS shared_holdings,
    max(CASE WHEN mine THEN risk END) AS product_risk_held,
    sum(CASE WHEN mine AND product = 'demand' THEN amount END)::DECIMAL(18,2) AS demand_balance,
    sum(CASE WHEN mine AND product = 'term' THEN amount END)::DECIMAL(18,2) AS term_balance,
    sum(CASE WHEN mine AND product = 'fund' THEN amount END)::DECIMAL(18,2) AS fund_balance,
    max(CASE WHEN mine AND deposit THEN amount END) AS deposit_largest,
    min(CASE WHEN mine AND deposit AND ahead >= 0 THEN ahead END) AS deposit_matures_in_days,
    min(CASE WHEN mine AND wealth AND ahead >= 0 THEN ahead END) AS wealth_matures_in_days,
    min(CASE WHEN mine AND deposit AND ahead >= 0 THEN matures_on END) AS deposit_matures_on,
    min(CASE WHEN mine AND wealth AND ahead >= 0 THEN matures_on END) AS wealth_matures_on,
    min(CASE WHEN loan AND ahead >= 0 THEN ahead END) AS loan_matures_in_days,
    sum(CASE WHEN mine AND deposit AND ahead BETWEEN 0 AND 7 THEN amount END)::DECIMAL(18,2)
        AS deposit_maturing_7d,
    sum(CASE WHEN mine AND deposit AND ahead BETWEEN 0 AND 30 THEN amount END)::DECIMAL(18,2)
        AS deposit_maturing_30d,
    sum(CASE WHEN mine AND deposit AND ahead BETWEEN 0 AND 60 THEN amount END)::DECIMAL(18,2)
        AS deposit_maturing_60d,
    sum(CASE WHEN mine AND deposit AND ahead BETWEEN 0 AND 90 THEN amount END)::DECIMAL(18,2)
        AS deposit_maturing_90d,
    sum(CASE WHEN mine AND wealth AND ahead BETWEEN 0 AND 7 THEN amount END)::DECIMAL(18,2)
        AS wealth_maturing_7d,
    sum(CASE WHEN mine AND wealth AND ahead BETWEEN 0 AND 30 THEN amount END)::DECIMAL(18,2)
        AS wealth_maturing_30d,
    sum(CASE WHEN mine AND wealth AND ahead BETWEEN 0 AND 60 THEN amount END)::DECIMAL(18,2)
        AS wealth_maturing_60d,
    sum(CASE WHEN mine AND wealth AND ahead BETWEEN 0 AND 90 THEN amount END)::DECIMAL(18,2)
        AS wealth_maturing_90d,
    count(CASE WHEN mine AND (deposit OR wealth) AND ahead BETWEEN 0 AND 30 THEN 1 END) AS maturities_30d,
    count(CASE WHEN owner AND (deposit OR wealth) AND ahead BETWEEN -29 AND 0 THEN 1 END) AS matured_30d,
    sum(CASE WHEN mine AND (deposit OR wealth) AND ahead < 0 THEN amount END)::DECIMAL(18,2)
        AS past_maturity_balance,
    max(CASE WHEN owner AND wealth THEN as_of() - opened_on END) AS days_since_first_wealth,
    count(CASE WHEN mine AND product = 'fund' THEN 1 END) > 0 AS holds_fund,
    sum(CASE WHEN mine AND wealth THEN risk END) AS wealth_risks,
    count(CASE WHEN mine AND wealth THEN risk END) AS wealth_rated,
    sum(CASE WHEN mine AND wealth AND risk >= 4 THEN amount END)::DECIMAL(18,2) AS risky_wealth_balance,
    count(CASE WHEN loan THEN 1 END) AS loan_count,
    sum(CASE WHEN loan THEN amount END)::DECIMAL(18,2) AS loan_balance,
    sum(CASE WHEN loan THEN credit_limit END)::DECIMAL(18,2) AS approved_credit,
    sum(CASE WHEN loan THEN used END)::DECIMAL(18,2) AS used_credit,
    max(CASE WHEN loan THEN rate END) AS loan_rate_max,
    count(CASE WHEN loan AND status = 'overdue' THEN 1 END) > 0 AS is_overdue,
    sum(CASE WHEN loan AND status = 'overdue' THEN amount END)::DECIMAL(18,2) AS overdue_balance,
    count(CASE WHEN mine AND product = 'mortgage' THEN 1 END) > 0 AS holds_mortgage,
    count(CASE WHEN mine AND product = 'consumer_loan' THEN 1 END) > 0 AS holds_consumer_loan,
    count(CASE WHEN mine AND product = 'business_loan' THEN 1 END) > 0 AS holds_business_loan,
    count(CASE WHEN mine AND product = 'farm_loan' THEN 1 END) > 0 AS holds_farm_loan,
    count(CASE WHEN owner AND line = 'loan' AND opened_on > as_of() - 90 THEN 1 END) AS loans_opened_90d,
    count(CASE WHEN owner AND line = 'loan' AND closed_on BETWEEN as_of() - 364 AND as_of() THEN 1 END)
        AS loans_closed_365d,
    min(CASE WHEN loan AND due >= 0 THEN due END) AS loan_due_in_days,
    sum(CASE WHEN loan AND due BETWEEN 0 AND 30 THEN next_due_amount END)::DECIMAL(18,2) AS loan_due_30d,
    count(CASE WHEN mine AND product = 'credit_card' THEN 1 END) > 0 AS holds_credit_card,
    sum(CASE WHEN mine AND product = 'credit_card' THEN credit_limit END)::DECIMAL(18,2) AS card_limit,
    sum(CASE WHEN mine AND product = 'credit_card' THEN used END)::DECIMAL(18,2) AS card_used,
    count(CASE WHEN mine AND social THEN 1 END) > 0 AS holds_social_security_card,
    max(CASE WHEN mine AND social THEN as_of() - opened_on END) AS social_security_card_days,
    count(CASE WHEN mine AND product = 'payment' THEN 1 END) > 0 AS uses_collection_code
FROM (
    SELECT h.*, p.risk_level AS risk, p.kind AS product, p.kind = 'social_security_card' AS social,
        h.matures_on - as_of() AS ahead, h.next_due_on - as_of() AS due,
        h.closed_on IS NULL OR h.closed_on > as_of() AS running, h.role = 'owner' AS owner,
        h.role = 'owner' AND running AS mine, mine AND h.line = 'loan' AS loan,
        h.line = 'deposit' AS deposit, h.line = 'wealth' AS wealth
    FROM holding h LEFT JOIN product p USING (product_id)
) GROUP BY customer_id;

CREATE TEMP TABLE h_contact AS
SELECT customer_id,
    count(CASE WHEN contacted_on > as_of() - 7 THEN 1 END) AS contacts_7d,
    count(CASE WHEN contacted_on > as_of() - 30 THEN 1 END) AS contacts_30d,
    count(CASE WHEN w90 THEN 1 END) AS contacts_90d,
    count(CASE WHEN w90 AND accepted THEN 1 END) AS contacts_accepted_90d,
    count(CASE WHEN w90 AND outcome = 'refused' THEN 1 END) AS contacts_refused_90d,
    count(CASE WHEN w90 AND outcome IN ('answered', 'clicked', 'accepted', 'refused') THEN 1 END)
        AS contacts_reached_90d,
    count(CASE WHEN w90 AND channel = 'sms' THEN 1 END) AS sms_contacts_90d,
    count(CASE WHEN w90 AND channel = 'outbound_call' THEN 1 END) AS outbound_call_contacts_90d,
    count(CASE WHEN w90 AND channel = 'app_push' THEN 1 END) AS app_push_contacts_90d,
    count(CASE WHEN w90 AND channel = 'mobile_sales' THEN 1 END) AS mobile_sales_contacts_90d,
    count(CASE WHEN w90 AND accepted AND channel = 'sms' THEN 1 END) AS sms_accepted,
    count(CASE WHEN w90 AND accepted AND channel = 'outbound_call' THEN 1 END) AS outbound_call_accepted,
    count(CASE WHEN w90 AND accepted AND channel = 'app_push' THEN 1 END) AS app_push_accepted,
    count(CASE WHEN w90 AND accepted AND channel = 'mobile_sales' THEN 1 END) AS mobile_sales_accepted,
    as_of() - max(contacted_on) AS days_since_contact,
    as_of() - max(CASE WHEN accepted THEN contacted_on END) AS days_since_accepted,
    arg_max(channel, (contacted_on, contact_id)) AS last_contact_channel,
    arg_max(outcome, (contacted_on, contact_id)) AS last_contact_outcome
FROM (SELECT customer_id, contact_id, contacted_on, channel, outcome, contacted_on > as_of() - 90 AS w90,
          outcome = 'accepted' AS accepted
      FROM contact_year WHERE contacted_on > as_of() - 365) GROUP BY customer_id;

CREATE TEMP TABLE h_relationship AS
SELECT customer_id,
    count(DISTINCT CASE WHEN used THEN line END) AS lines_used,
    count(CASE WHEN used AND line = 'e_banking' THEN 1 END) > 0 AS uses_e_banking,
    count(CASE WHEN used AND line = 'payment' THEN 1 END) > 0 AS uses_payment,
    as_of() - max(opened_on) AS days_since_new_line,
    as_of() - min(CASE WHEN used THEN opened_on END) AS relationship_days,
    count(CASE WHEN opened_on > as_of() - 90 THEN 1 END) AS lines_opened_90d,
    count(CASE WHEN closed_on BETWEEN as_of() - 89 AND as_of() THEN 1 END) AS lines_closed_90d
FROM (SELECT *, closed_on IS NULL OR closed_on > as_of() AS used FROM relationship) GROUP BY customer_id;

CREATE TEMP TABLE h_tie AS
SELECT customer_id, count(DISTINCT CASE WHEN kind = 'household' THEN other_id END) AS household_others,
    count(CASE WHEN kind = 'guarantor' THEN 1 END) > 0 AS has_guarantor,
    count(CASE WHEN kind = 'employer' THEN 1 END) > 0 AS has_employer,
    count(CASE WHEN kind = 'legal_representative' THEN 1 END) > 0 AS has_legal_representative
FROM tie WHERE valid_to IS NULL OR valid_to >= as_of() GROUP BY customer_id;

CREATE TEMP TABLE h_tied AS
SELECT other_id, count(DISTINCT CASE WHEN kind = 'guarantor' THEN customer_id END) AS guarantees_for,
    count(DISTINCT CASE WHEN kind = 'employer' THEN customer_id END) AS employs_customers,
    count(DISTINCT CASE WHEN kind = 'legal_representative' THEN customer_id END) AS represents_businesses
FROM tie WHERE kind <> 'household' AND (valid_to IS NULL OR valid_to >= as_of()) GROUP BY other_id;

CREATE TEMP TABLE h_risk AS
SELECT customer_id, arg_max(level, assessed_on) AS risk_level, arg_min(level, assessed_on) AS risk_level_first,
    arg_max(expires_on, assessed_on) AS risk_expires_on, as_of() - max(assessed_on) AS days_since_assessment
FROM risk_assessment GROUP BY customer_id;

CREATE TEMP TABLE h_referral AS
SELECT customer_id, count(CASE WHEN referred_at >= days_from(90) THEN 1 END) AS referrals_90d,
    count(*) AS referrals_365d, count(CASE WHEN opened THEN 1 END) AS referrals_opened_365d,
    count(CASE WHEN same_device OR customer_id = referred_id THEN 1 END) AS self_referrals_365d,
    sum(reward)::DECIMAL(18,2) AS referral_reward_365d, as_of() - max(referred_at)::DATE AS days_since_referral
FROM referral WHERE referred_at >= days_from(365) GROUP BY customer_id;

CREATE TEMP TABLE h_referred AS
SELECT referred_id, as_of() - max(referred_at)::DATE AS days_since_referred,
    max(chain_length) AS referral_chain_length
FROM referral WHERE referred_id IS NOT NULL GROUP BY referred_id;

CREATE TEMP TABLE h_external AS
SELECT customer_id, count(CASE WHEN valid THEN 1 END) > 0 AS has_external_data,
    count(DISTINCT CASE WHEN valid THEN measure END) AS external_measures,
    count(DISTINCT CASE WHEN valid THEN source END) AS external_sources,
    count(CASE WHEN NOT valid THEN 1 END) AS external_expired,
    as_of() - max(CASE WHEN valid THEN obtained_on END) AS external_age_days
FROM (SELECT *, expires_on IS NULL OR expires_on >= as_of() AS valid FROM external) GROUP BY customer_id;

CREATE TEMP TABLE h_branch AS
SELECT branch_id, region_kind, as_of() - opened_on AS age_days, customers, managers
FROM branch
LEFT JOIN (SELECT branch_id, count(*) AS customers FROM customer GROUP BY branch_id) USING (branch_id)
LEFT JOIN (SELECT branch_id, count(*) AS managers FROM manager GROUP BY branch_id) USING (branch_id);

CREATE TEMP TABLE h_manager AS
SELECT manager_id, branch_id, on_duty, daily_capacity, as_of() - hired_on AS hired_days, load, targets,
    performance_days
FROM manager
LEFT JOIN (SELECT manager_id, count(*) AS load FROM customer GROUP BY manager_id) USING (manager_id)
LEFT JOIN (SELECT manager_id, count(*) AS targets FROM target
           WHERE valid_to IS NULL OR valid_to >= as_of() GROUP BY manager_id) USING (manager_id)
LEFT JOIN (SELECT manager_id, count(DISTINCT performed_on) AS performance_days
           FROM manager_performance WHERE amount > 0 AND performed_on > as_of() - 30
           GROUP BY manager_id) USING (manager_id);

CREATE TEMP TABLE h_aum_rank AS
SELECT customer_id, rank() OVER (ORDER BY aum DESC) AS aum_rank, count(*) OVER () AS ranked
FROM (SELECT customer_id, coalesce(deposit_balance, 0) + coalesce(wealth_balance, 0) AS aum FROM h_holding)
WHERE aum > 0;

-- Days and counts have few values, so these are ranked and not the customers.
CREATE TEMP TABLE h_rfm AS
WITH ranked AS (
    SELECT y.customer_id, y.active_on, coalesce(t.active_txn_count_90d, 0) AS times,
        coalesce(f.i0, 0) + coalesce(f.i1, 0) + coalesce(f.i2, 0) + coalesce(t.outflow_90d, 0) AS turnover
    FROM h_txn_year y LEFT JOIN h_txn_half f USING (customer_id) LEFT JOIN h_txn t USING (customer_id)
    WHERE y.active_on IS NOT NULL
), recency AS (
    SELECT active_on, (sum(count(*)) OVER (ORDER BY active_on) - count(*)) * 5 // sum(count(*)) OVER () AS score
    FROM ranked GROUP BY active_on
), frequency AS (
    SELECT times, (sum(count(*)) OVER (ORDER BY times) - count(*)) * 5 // sum(count(*)) OVER () AS score
    FROM ranked GROUP BY times
)
SELECT customer_id, recency.score::BIGINT + 1 AS rfm_recency, frequency.score::BIGINT + 1 AS rfm_frequency,
    (rank() OVER (ORDER BY turnover) - 1) * 5 // count(*) OVER () + 1 AS rfm_monetary
FROM ranked JOIN recency USING (active_on) JOIN frequency USING (times);

-- What the three models read, a row for each customer.
CREATE TEMP TABLE h_feature AS
SELECT c.customer_id, coalesce(t.txn_count_30d, 0) AS txn_count_30d,
    coalesce(t.txn_count_90d, 0) AS txn_count_90d, as_of() - y.last_on AS days_since_txn,
    coalesce(f.i0, 0) AS inflow_30d, coalesce(f.i0, 0) + coalesce(f.i1, 0) + coalesce(f.i2, 0) AS inflow_90d,
    coalesce(t.outflow_30d, 0) AS outflow_30d, coalesce(t.outflow_90d, 0) AS outflow_90d,
    coalesce(f.i0, 0) - coalesce(t.outflow_30d, 0) AS net_flow_30d,
    coalesce(f.i0, 0) + coalesce(f.i1, 0) + coalesce(f.i2, 0) - coalesce(t.outflow_90d, 0) AS net_flow_90d,
    coalesce(t.txn_active_days_30d, 0) AS txn_active_days_30d,
    coalesce(t.app_txn_count_90d, 0) AS app_txn_count_90d,
    coalesce(t.counter_txn_count_90d, 0) AS counter_txn_count_90d,
    coalesce(t.last_txn_channel, '') AS last_txn_channel, coalesce(t.payroll_in_90d, 0) AS payroll_in_90d,
    mean_of(t.spent_90d, t.purchases_90d) AS purchase_mean_90d,
    coalesce(t.wealth_buys_90d, 0) AS wealth_buys_90d, coalesce(t.wealth_bought_90d, 0) AS wealth_bought_90d,
    coalesce(t.wealth_redeemed_90d, 0) AS wealth_redeemed_90d,
    as_of() - f.bought_on AS days_since_wealth_buy, t.inflow_max_30d,
    coalesce(t.own_transfer_in_30d, 0) AS own_transfer_in_30d,
    coalesce(t.own_transfer_out_30d, 0) AS own_transfer_out_30d,
    a.balance_last, a.balance_last - a.balance_30d_ago AS balance_change_30d,
    a.balance_last - a.balance_90d_ago AS balance_change_90d, a.balance_min_90d, a.balance_max_90d,
    coalesce(e.logins_30d, 0) AS logins_30d, coalesce(e.logins_90d, 0) AS logins_90d,
    as_of() - l.login_on AS days_since_login, coalesce(e.app_active_days_30d, 0) AS app_active_days_30d,
    coalesce(e.wealth_views_14d, 0) AS wealth_views_14d, coalesce(e.wealth_views_30d, 0) AS wealth_views_30d,
    coalesce(e.wealth_clicks_30d, 0) AS wealth_clicks_30d, coalesce(e.loan_views_30d, 0) AS loan_views_30d,
    coalesce(e.deposit_views_30d, 0) AS deposit_views_30d,
    coalesce(e.applications_begun_90d + e.applications_sent_90d, 0) AS applications_90d,
    coalesce(e.counter_visits_90d, 0) AS counter_visits_90d,
    coalesce(r.lines_used, 0) AS lines_used, coalesce(r.uses_e_banking, false) AS uses_e_banking,
    coalesce(r.uses_payment, false) AS uses_payment, r.days_since_new_line,
    coalesce(tie.household_others, 0) AS household_others, coalesce(o.contacts_30d, 0) AS contacts_30d,
    coalesce(o.contacts_90d, 0) AS contacts_90d, o.days_since_contact,
    coalesce(o.last_contact_channel, '') AS last_contact_channel, k.risk_level, k.days_since_assessment
FROM customer c
LEFT JOIN h_txn_year y USING (customer_id) LEFT JOIN h_txn_half f USING (customer_id)
LEFT JOIN h_txn t USING (customer_id) LEFT JOIN h_balance a USING (customer_id)
LEFT JOIN h_event_year l USING (customer_id) LEFT JOIN h_event e USING (customer_id)
LEFT JOIN h_relationship r USING (customer_id) LEFT JOIN h_tie tie USING (customer_id)
LEFT JOIN h_contact o USING (customer_id) LEFT JOIN h_risk k USING (customer_id);
