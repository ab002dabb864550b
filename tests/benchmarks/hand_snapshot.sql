-- Attributes, the tables of hand_passes.sql and the formulas, one row per customer, sorted by id.
CREATE TABLE built.snapshot AS
WITH joined AS (
    SELECT c.customer_id, c.kind, c.gender, date_sub('year', c.birth_date, as_of()) AS age, c.education,
        c.marital_status, c.occupation, c.annual_income, coalesce(c.is_farmer, false) AS is_farmer,
        coalesce(c.is_new_citizen, false) AS is_new_citizen, c.industry, c.employees, c.acquired_by,
        as_of() - c.since AS tenure_days, c.region_kind, c.district, c.village, c.branch_id,
        b.region_kind AS branch_region_kind, as_of() - b.opened_on AS branch_age_days,
        coalesce(n.customers, 0) AS branch_customers,
        coalesce(tie.household_others, 0) AS household_others,
        coalesce(tie.has_guarantor, false) AS has_guarantor,
        coalesce(tie.has_employer, false) AS has_employer,
        coalesce(tie.has_legal_representative, false) AS has_legal_representative,
        c.manager_id, c.manager_id IS NOT NULL AS has_manager,
        coalesce(m.on_duty, false) AS manager_on_duty, m.daily_capacity AS manager_daily_capacity,
        coalesce(m.load, 0) AS manager_load, coalesce(m.targets, 0) AS manager_targets,
        coalesce(m.performance_days, 0) AS manager_performance_days_30d,
        coalesce(r.lines_used, 0) AS lines_used, coalesce(r.uses_e_banking, false) AS uses_e_banking,
        coalesce(r.uses_payment, false) AS uses_payment, r.days_since_new_line,
        coalesce(h.deposit_balance, 0) AS deposit_balance, coalesce(h.wealth_balance, 0) AS wealth_balance,
        (coalesce(h.deposit_balance, 0) + coalesce(h.wealth_balance, 0))::DECIMAL(18,2) AS aum,
        coalesce(h.holds_deposit, false) AS holds_deposit, coalesce(h.holds_wealth, false) AS holds_wealth,
        coalesce(h.holds_card, false) AS holds_card, coalesce(h.had_wealth, false) AS had_wealth,
        coalesce(h.holdings_open, 0) AS holdings_open, coalesce(h.products_held, 0) AS products_held,
        coalesce(h.shared_holdings, 0) AS shared_holdings, h.product_risk_held,
        a.balance_last, a.balance_30d_ago, a.balance_90d_ago,
        (a.balance_last - a.balance_30d_ago)::DECIMAL(18,2) AS balance_change_30d,
        (a.balance_last - a.balance_90d_ago)::DECIMAL(18,2) AS balance_change_90d,
        a.balance_min_90d, a.balance_max_90d, h.deposit_matures_in_days, h.wealth_matures_in_days,
        coalesce(h.deposit_maturing_30d, 0) AS deposit_maturing_30d,
        coalesce(h.deposit_maturing_90d, 0) AS deposit_maturing_90d,
        coalesce(h.wealth_maturing_30d, 0) AS wealth_maturing_30d,
        coalesce(h.wealth_maturing_90d, 0) AS wealth_maturing_90d,
        coalesce(h.loan_count, 0) AS loan_count, coalesce(h.loan_balance, 0) AS loan_balance,
        coalesce(h.approved_credit, 0) AS approved_credit, coalesce(h.used_credit, 0) AS used_credit,
        h.loan_rate_max, coalesce(h.is_overdue, false) AS is_overdue, h.loan_due_in_days,
        coalesce(h.loan_due_30d, 0) AS loan_due_30d,
        coalesce(t.inflow_7d, 0) AS inflow_7d, coalesce(t.inflow_30d, 0) AS inflow_30d,
        coalesce(t.inflow_90d, 0) AS inflow_90d, coalesce(t.outflow_7d, 0) AS outflow_7d,
        coalesce(t.outflow_30d, 0) AS outflow_30d, coalesce(t.outflow_90d, 0) AS outflow_90d,
        coalesce(t.txn_count_30d, 0) AS txn_count_30d, coalesce(t.txn_count_90d, 0) AS txn_count_90d,
        coalesce(t.own_transfer_in_30d, 0) AS own_transfer_in_30d,
        coalesce(t.own_transfer_out_30d, 0) AS own_transfer_out_30d,
        coalesce(t.cash_out_30d, 0) AS cash_out_30d, coalesce(t.collection_30d, 0) AS collection_30d,
        t.inflow_max_30d,
        (round((t.purchase_sum * 100)::DOUBLE / nullif(t.purchase_count, 0)) / 100)::DECIMAL(18,2)
            AS purchase_mean_90d,
        coalesce(t.txn_active_days_30d, 0) AS txn_active_days_30d,
        as_of() - y.last_at::DATE AS days_since_txn, t.last_txn_channel,
        coalesce(t.app_txn_count_90d, 0) AS app_txn_count_90d,
        coalesce(t.counter_txn_count_90d, 0) AS counter_txn_count_90d,
        coalesce(t.payroll_in_30d, 0) AS payroll_in_30d, coalesce(t.payroll_in_90d, 0) AS payroll_in_90d,
        coalesce(t.is_payroll, false) AS is_payroll, as_of() - y.payroll_at::DATE AS payroll_since_days,
        coalesce(e.logins_7d, 0) AS logins_7d, coalesce(e.logins_30d, 0) AS logins_30d,
        coalesce(e.logins_90d, 0) AS logins_90d, as_of() - l.login_at::DATE AS days_since_login,
        coalesce(e.wealth_views_14d, 0) AS wealth_views_14d,
        coalesce(e.wealth_views_30d, 0) AS wealth_views_30d,
        coalesce(e.loan_views_30d, 0) AS loan_views_30d,
        coalesce(e.deposit_views_30d, 0) AS deposit_views_30d,
        coalesce(e.card_views_30d, 0) AS card_views_30d,
        coalesce(e.wealth_clicks_30d, 0) AS wealth_clicks_30d,
        coalesce(e.loan_clicks_30d, 0) AS loan_clicks_30d,
        coalesce(e.applications_90d, 0) AS applications_90d,
        coalesce(e.counter_visits_90d, 0) AS counter_visits_90d,
        coalesce(e.official_account_events_30d, 0) AS official_account_events_30d,
        coalesce(e.app_active_days_30d, 0) AS app_active_days_30d, e.last_event_channel,
        k.risk_level, k.risk_expires_on, k.risk_expires_on - as_of() AS risk_expires_in_days,
        k.days_since_assessment,
        coalesce(o.contacts_7d, 0) AS contacts_7d, coalesce(o.contacts_30d, 0) AS contacts_30d,
        coalesce(o.contacts_90d, 0) AS contacts_90d,
        coalesce(o.contacts_accepted_90d, 0) AS contacts_accepted_90d,
        coalesce(o.contacts_refused_90d, 0) AS contacts_refused_90d, o.days_since_contact,
        o.last_contact_channel, o.last_contact_outcome,
        coalesce(f.referrals_90d, 0) AS referrals_90d, coalesce(f.referrals_365d, 0) AS referrals_365d,
        coalesce(f.referrals_opened_365d, 0) AS referrals_opened_365d,
        coalesce(f.referral_reward_365d, 0) AS referral_reward_365d,
        w.referred_id IS NOT NULL AS was_referred, x.customer_id IS NOT NULL AS has_external_data,
        coalesce(x.external_measures, 0) AS external_measures, x.external_age_days
    FROM customer c
    LEFT JOIN branch b USING (branch_id)
    LEFT JOIN (SELECT branch_id, count(*) AS customers FROM customer GROUP BY branch_id) n USING (branch_id)
    LEFT JOIN h_manager m USING (manager_id)
    LEFT JOIN h_tie tie USING (customer_id)
    LEFT JOIN h_relationship r USING (customer_id)
    LEFT JOIN h_holding h USING (customer_id)
    LEFT JOIN h_balance a USING (customer_id)
    LEFT JOIN h_txn_year y USING (customer_id)
    LEFT JOIN h_txn t USING (customer_id)
    LEFT JOIN h_event_year l USING (customer_id)
    LEFT JOIN h_event e USING (customer_id)
    LEFT JOIN h_risk k USING (customer_id)
    LEFT JOIN h_contact o USING (customer_id)
    LEFT JOIN h_referral f USING (customer_id)
    LEFT JOIN (SELECT DISTINCT referred_id FROM referral WHERE referred_id IS NOT NULL) w
        ON w.referred_id = c.customer_id
    LEFT JOIN h_external x USING (customer_id)
)
SELECT *,
    CASE WHEN age < 18 THEN 'under_18' WHEN age < 35 THEN '18_34' WHEN age < 50 THEN '35_49'
         WHEN age < 60 THEN '50_59' WHEN age >= 60 THEN '60_plus' END AS age_band,
    household_others + 1 AS household_size,
    CASE WHEN aum <= 0 THEN 'none' WHEN aum < 10000 THEN 'under_10k' WHEN aum < 50000 THEN '10k_50k'
         WHEN aum < 200000 THEN '50k_200k' WHEN aum < 500000 THEN '200k_500k'
         WHEN aum < 1000000 THEN '500k_1m' ELSE '1m_plus' END AS aum_band,
    share_of(wealth_balance, aum) AS wealth_share,
    share_of(balance_change_30d, balance_30d_ago) AS balance_growth_30d,
    share_of(balance_change_90d, balance_90d_ago) AS balance_growth_90d,
    loan_count > 0 AS holds_loan,
    (approved_credit - used_credit)::DECIMAL(18,2) AS unused_credit,
    share_of(used_credit, approved_credit) AS credit_use,
    (inflow_7d - outflow_7d)::DECIMAL(18,2) AS net_flow_7d,
    (inflow_30d - outflow_30d)::DECIMAL(18,2) AS net_flow_30d,
    (inflow_90d - outflow_90d)::DECIMAL(18,2) AS net_flow_90d,
    coalesce(payroll_since_days < 60, false) AS is_new_payroll,
    coalesce(product_risk_held > risk_level, false) AS holds_above_risk_level,
    share_of(contacts_accepted_90d, contacts_90d) AS contact_acceptance_90d
FROM joined ORDER BY customer_id;
