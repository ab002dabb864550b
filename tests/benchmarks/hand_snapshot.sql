-- Attributes, the tables of hand_passes.sql, scores and formulas: one row per customer, sorted by id.
CREATE TABLE built.snapshot AS
WITH joined AS (
    SELECT c.customer_id, c.kind, c.gender, date_sub('year', c.birth_date, as_of()) AS age, c.education,
        c.marital_status, c.occupation, c.annual_income, coalesce(c.is_farmer, false) AS is_farmer,
        coalesce(c.is_new_citizen, false) AS is_new_citizen, c.industry, c.employees, c.acquired_by,
        birthday_of(c.birth_date) AS birthday_on, as_of() - c.since AS tenure_days, date_sub('year', c.since, as_of()) AS years_with_bank,
        c.region_kind, c.district, c.village, c.branch_id,
        b.region_kind AS branch_region_kind, b.age_days AS branch_age_days,
        coalesce(b.customers, 0) AS branch_customers, coalesce(b.managers, 0) AS branch_managers,
        coalesce(tie.household_others, 0) AS household_others,
        coalesce(tie.has_guarantor, false) AS has_guarantor,
        coalesce(tie.has_employer, false) AS has_employer,
        coalesce(tie.has_legal_representative, false) AS has_legal_representative,
        coalesce(tied.guarantees_for, 0) AS guarantees_for,
        coalesce(tied.represents_businesses, 0) AS represents_businesses,
        coalesce(tied.employs_customers, 0) AS employs_customers,
        c.manager_id, c.manager_id IS NOT NULL AS has_manager,
        coalesce(m.on_duty, false) AS manager_on_duty, m.daily_capacity AS manager_daily_capacity,
        m.hired_days AS manager_hired_days, m.branch_id AS manager_branch_id,
        coalesce(m.load, 0) AS manager_load, coalesce(m.targets, 0) AS manager_targets,
        coalesce(m.performance_days, 0) AS manager_performance_days_30d,
        coalesce(r.lines_used, 0) AS lines_used, coalesce(r.uses_e_banking, false) AS uses_e_banking,
        coalesce(r.uses_payment, false) AS uses_payment, r.days_since_new_line, r.relationship_days,
        coalesce(r.lines_opened_90d, 0) AS lines_opened_90d,
        coalesce(r.lines_closed_90d, 0) AS lines_closed_90d,
        coalesce(h.deposit_balance, 0) AS deposit_balance, coalesce(h.wealth_balance, 0) AS wealth_balance,
        (coalesce(h.deposit_balance, 0) + coalesce(h.wealth_balance, 0))::DECIMAL(18,2) AS aum,
        coalesce(h.holds_deposit, false) AS holds_deposit, coalesce(h.holds_wealth, false) AS holds_wealth,
        coalesce(h.holds_card, false) AS holds_card, coalesce(h.had_wealth, false) AS had_wealth,
        coalesce(h.holdings_open, 0) AS holdings_open, coalesce(h.products_held, 0) AS products_held,
        coalesce(h.shared_holdings, 0) AS shared_holdings, h.product_risk_held,
        coalesce(h.demand_balance, 0) AS demand_balance, coalesce(h.term_balance, 0) AS term_balance,
        coalesce(h.fund_balance, 0) AS fund_balance, h.deposit_largest,
        coalesce(h.holds_fund, false) AS holds_fund, h.days_since_first_wealth,
        share_of(h.wealth_risks, h.wealth_rated) AS wealth_risk_mean,
        coalesce(h.risky_wealth_balance, 0) AS risky_wealth_balance,
        h.deposit_matures_in_days, h.wealth_matures_in_days, h.loan_matures_in_days,
        h.deposit_matures_on, h.wealth_matures_on,
        coalesce(h.deposit_maturing_7d, 0) AS deposit_maturing_7d,
        coalesce(h.deposit_maturing_30d, 0) AS deposit_maturing_30d,
        coalesce(h.deposit_maturing_60d, 0) AS deposit_maturing_60d,
        coalesce(h.deposit_maturing_90d, 0) AS deposit_maturing_90d,
        coalesce(h.wealth_maturing_7d, 0) AS wealth_maturing_7d,
        coalesce(h.wealth_maturing_30d, 0) AS wealth_maturing_30d,
        coalesce(h.wealth_maturing_60d, 0) AS wealth_maturing_60d,
        coalesce(h.wealth_maturing_90d, 0) AS wealth_maturing_90d,
        coalesce(h.maturities_30d, 0) AS maturities_30d, coalesce(h.matured_30d, 0) AS matured_30d,
        coalesce(h.past_maturity_balance, 0) AS past_maturity_balance,
        coalesce(h.loan_count, 0) AS loan_count, coalesce(h.loan_balance, 0) AS loan_balance,
        coalesce(h.approved_credit, 0) AS approved_credit, coalesce(h.used_credit, 0) AS used_credit,
        h.loan_rate_max, coalesce(h.is_overdue, false) AS is_overdue,
        coalesce(h.overdue_balance, 0) AS overdue_balance,
        coalesce(h.holds_mortgage, false) AS holds_mortgage,
        coalesce(h.holds_consumer_loan, false) AS holds_consumer_loan,
        coalesce(h.holds_business_loan, false) AS holds_business_loan,
        coalesce(h.holds_farm_loan, false) AS holds_farm_loan,
        coalesce(h.loans_opened_90d, 0) AS loans_opened_90d,
        coalesce(h.loans_closed_365d, 0) AS loans_closed_365d, h.loan_due_in_days,
        coalesce(h.loan_due_30d, 0) AS loan_due_30d,
        coalesce(h.holds_credit_card, false) AS holds_credit_card,
        coalesce(h.card_limit, 0) AS card_limit, coalesce(h.card_used, 0) AS card_used,
        coalesce(h.holds_social_security_card, false) AS holds_social_security_card,
        h.social_security_card_days, coalesce(h.uses_collection_code, false) AS uses_collection_code,
        a.balance_last, a.balance_30d_ago, a.balance_90d_ago,
        (a.balance_last - a.balance_30d_ago)::DECIMAL(18,2) AS balance_change_30d,
        (a.balance_last - a.balance_90d_ago)::DECIMAL(18,2) AS balance_change_90d,
        a.balance_min_90d, a.balance_max_90d,
        mean_of(d.b0, 30) AS aum_daily_mean_30d,
        CASE WHEN coalesce(d.b0, d.b1, d.b2) IS NOT NULL
            THEN mean_of(coalesce(d.b0, 0) + coalesce(d.b1, 0) + coalesce(d.b2, 0), 90)
            END AS aum_daily_mean_90d,
        mean_of(d.year, 365) AS aum_daily_mean_365d, mean_of(d.deposit, 90) AS deposit_daily_mean_90d,
        slope_of(d.b0, d.b1, d.b2, d.b3, d.b4, d.b5, 30) AS aum_slope_180d,
        spread_of(d.b0, d.b1, d.b2, d.b3, d.b4, d.b5, 30) AS aum_volatility_180d,
        coalesce(t.inflow_7d, 0) AS inflow_7d, coalesce(f.i0, 0) AS inflow_30d,
        (coalesce(f.i0, 0) + coalesce(f.i1, 0) + coalesce(f.i2, 0))::DECIMAL(18,2) AS inflow_90d,
        (coalesce(f.i0, 0) + coalesce(f.i1, 0) + coalesce(f.i2, 0)
            + coalesce(f.i3, 0) + coalesce(f.i4, 0) + coalesce(f.i5, 0))::DECIMAL(18,2) AS inflow_180d,
        slope_of(f.i0, f.i1, f.i2, f.i3, f.i4, f.i5, 1) AS inflow_slope_180d,
        spread_of(f.i0, f.i1, f.i2, f.i3, f.i4, f.i5, 1) AS inflow_volatility_180d,
        coalesce(t.outflow_7d, 0) AS outflow_7d, coalesce(t.outflow_30d, 0) AS outflow_30d,
        coalesce(t.outflow_90d, 0) AS outflow_90d, coalesce(f.outflow_180d, 0) AS outflow_180d,
        coalesce(t.txn_count_30d, 0) AS txn_count_30d, coalesce(t.txn_count_90d, 0) AS txn_count_90d,
        coalesce(t.active_txn_count_30d, 0) AS active_txn_count_30d,
        coalesce(t.active_txn_count_90d, 0) AS active_txn_count_90d,
        coalesce(f.active_txn_count_180d, 0) AS active_txn_count_180d,
        coalesce(t.own_transfer_in_30d, 0) AS own_transfer_in_30d,
        coalesce(t.own_transfer_in_90d, 0) AS own_transfer_in_90d,
        coalesce(t.own_transfer_out_30d, 0) AS own_transfer_out_30d,
        coalesce(t.own_transfer_out_90d, 0) AS own_transfer_out_90d,
        coalesce(t.large_inflows_90d, 0) AS large_inflows_90d,
        coalesce(t.large_outflows_90d, 0) AS large_outflows_90d,
        coalesce(t.cash_in_30d, 0) AS cash_in_30d, coalesce(t.cash_out_30d, 0) AS cash_out_30d,
        coalesce(t.fees_90d, 0) AS fees_90d, t.inflow_max_30d, t.outflow_max_30d,
        coalesce(t.spent_90d, 0) AS spent_90d, coalesce(t.purchases_90d, 0) AS purchases_90d,
        mean_of(t.spent_90d, t.purchases_90d) AS purchase_mean_90d,
        coalesce(t.spent_on_utilities_90d, 0) AS spent_on_utilities_90d,
        coalesce(t.spent_on_farm_supplies_90d, 0) AS spent_on_farm_supplies_90d,
        coalesce(t.spent_on_education_90d, 0) AS spent_on_education_90d,
        coalesce(t.wealth_buys_90d, 0) AS wealth_buys_90d,
        coalesce(t.wealth_redemptions_90d, 0) AS wealth_redemptions_90d,
        coalesce(t.wealth_bought_90d, 0) AS wealth_bought_90d,
        coalesce(t.wealth_redeemed_90d, 0) AS wealth_redeemed_90d,
        as_of() - f.bought_on AS days_since_wealth_buy,
        as_of() - f.redeemed_on AS days_since_wealth_redemption,
        coalesce(t.repaid_90d, 0) AS repaid_90d, coalesce(t.repayments_90d, 0) AS repayments_90d,
        as_of() - t.repaid_on AS days_since_repayment, coalesce(t.loan_payout_90d, 0) AS loan_payout_90d,
        coalesce(t.txn_active_days_30d, 0) AS txn_active_days_30d,
        as_of() - y.last_on AS days_since_txn, as_of() - y.active_on AS days_since_active_txn,
        t.last_txn_channel, coalesce(t.app_txn_count_90d, 0) AS app_txn_count_90d,
        coalesce(t.counter_txn_count_90d, 0) AS counter_txn_count_90d,
        coalesce(t.web_txn_count_90d, 0) AS web_txn_count_90d,
        coalesce(t.atm_txn_count_90d, 0) AS atm_txn_count_90d,
        coalesce(t.pos_txn_count_90d, 0) AS pos_txn_count_90d,
        coalesce(t.wechat_txn_count_90d, 0) AS wechat_txn_count_90d,
        t.other_txn_count,
        share_of(t.app_txn_count_90d, t.channel_count) AS app_txn_share_90d,
        share_of(t.counter_txn_count_90d, t.channel_count) AS counter_txn_share_90d,
        share_of(t.app_txn_count_90d + t.web_txn_count_90d + t.wechat_txn_count_90d, t.channel_count)
            AS digital_txn_share_90d,
        coalesce(t.app_inflow_30d, 0) AS app_inflow_30d, coalesce(t.app_outflow_30d, 0) AS app_outflow_30d,
        coalesce(t.counter_inflow_30d, 0) AS counter_inflow_30d,
        coalesce(t.counter_outflow_30d, 0) AS counter_outflow_30d,
        coalesce(t.payroll_in_30d, 0) AS payroll_in_30d, coalesce(t.payroll_in_90d, 0) AS payroll_in_90d,
        coalesce(t.payroll_count_90d, 0) AS payroll_count_90d,
        coalesce(y.payroll_on > as_of() - 45, false) AS is_payroll,
        as_of() - y.first_payroll_on AS payroll_since_days, as_of() - y.payroll_on AS days_since_payroll,
        coalesce(t.collection_30d, 0) AS collection_30d, coalesce(t.collection_90d, 0) AS collection_90d,
        coalesce(t.collection_count_90d, 0) AS collection_count_90d,
        coalesce(t.collection_days_30d, 0) AS collection_days_30d,
        CASE WHEN t.collection_count_90d > 0
            THEN mean_of(coalesce(t.collection_30d, 0) - coalesce(t.collected_first, 0), 2)
            END AS collection_slope_90d,
        coalesce(e.logins_7d, 0) AS logins_7d, coalesce(e.logins_30d, 0) AS logins_30d,
        coalesce(e.logins_90d, 0) AS logins_90d, as_of() - l.login_on AS days_since_login,
        CASE WHEN e.logins_90d > 0 THEN ((e.logins_30d - e.logins_first) / 2)::DECIMAL(18,6)
            END AS login_slope_90d,
        coalesce(e.wealth_views_14d, 0) AS wealth_views_14d,
        coalesce(e.wealth_views_30d, 0) AS wealth_views_30d,
        coalesce(e.loan_views_30d, 0) AS loan_views_30d,
        coalesce(e.deposit_views_30d, 0) AS deposit_views_30d,
        coalesce(e.card_views_30d, 0) AS card_views_30d,
        coalesce(e.wealth_clicks_30d, 0) AS wealth_clicks_30d,
        coalesce(e.loan_clicks_30d, 0) AS loan_clicks_30d,
        as_of() - e.wealth_seen_on AS days_since_wealth_view,
        as_of() - e.loan_seen_on AS days_since_loan_view,
        coalesce(e.applications_begun_90d + e.applications_sent_90d, 0) AS applications_90d,
        coalesce(e.applications_begun_90d, 0) AS applications_begun_90d,
        coalesce(e.applications_sent_90d, 0) AS applications_sent_90d,
        coalesce(e.wealth_applications_90d, 0) AS wealth_applications_90d,
        coalesce(e.loan_applications_90d, 0) AS loan_applications_90d,
        coalesce(e.deposit_applications_90d, 0) AS deposit_applications_90d,
        coalesce(e.card_applications_90d, 0) AS card_applications_90d,
        coalesce(e.counter_visits_90d, 0) AS counter_visits_90d,
        coalesce(e.official_account_events_30d, 0) AS official_account_events_30d,
        coalesce(e.app_active_days_30d, 0) AS app_active_days_30d, e.last_event_channel,
        share_of(e.app_evening, e.app_events) AS app_evening_share_90d,
        share_of(e.app_weekend, e.app_events) AS app_weekend_share_90d, hour.best_app_hour_90d,
        k.risk_level, k.risk_level_first, k.risk_expires_on,
        k.risk_expires_on - as_of() AS risk_expires_in_days, k.days_since_assessment,
        coalesce(o.contacts_7d, 0) AS contacts_7d, coalesce(o.contacts_30d, 0) AS contacts_30d,
        coalesce(o.contacts_90d, 0) AS contacts_90d,
        coalesce(o.contacts_accepted_90d, 0) AS contacts_accepted_90d,
        coalesce(o.contacts_refused_90d, 0) AS contacts_refused_90d,
        coalesce(o.contacts_reached_90d, 0) AS contacts_reached_90d,
        coalesce(o.sms_contacts_90d, 0) AS sms_contacts_90d,
        coalesce(o.outbound_call_contacts_90d, 0) AS outbound_call_contacts_90d,
        coalesce(o.app_push_contacts_90d, 0) AS app_push_contacts_90d,
        coalesce(o.mobile_sales_contacts_90d, 0) AS mobile_sales_contacts_90d,
        share_of(o.sms_accepted, o.sms_contacts_90d) AS sms_acceptance_90d,
        share_of(o.outbound_call_accepted, o.outbound_call_contacts_90d) AS outbound_call_acceptance_90d,
        share_of(o.app_push_accepted, o.app_push_contacts_90d) AS app_push_acceptance_90d,
        share_of(o.mobile_sales_accepted, o.mobile_sales_contacts_90d) AS mobile_sales_acceptance_90d,
        o.days_since_contact, o.days_since_accepted, o.last_contact_channel, o.last_contact_outcome,
        coalesce(p.referrals_90d, 0) AS referrals_90d, coalesce(p.referrals_365d, 0) AS referrals_365d,
        coalesce(p.referrals_opened_365d, 0) AS referrals_opened_365d,
        coalesce(p.referral_reward_365d, 0) AS referral_reward_365d, p.days_since_referral,
        coalesce(p.self_referrals_365d, 0) AS self_referrals_365d,
        w.referred_id IS NOT NULL AS was_referred, w.days_since_referred, w.referral_chain_length,
        coalesce(x.has_external_data, false) AS has_external_data,
        coalesce(x.external_measures, 0) AS external_measures,
        coalesce(x.external_sources, 0) AS external_sources,
        coalesce(x.external_expired, 0) AS external_expired, x.external_age_days,
        q.aum_rank, share_of(q.ranked - q.aum_rank + 1, q.ranked) AS aum_quantile,
        g.rfm_recency, g.rfm_frequency, g.rfm_monetary,
        s.churn AS churn_propensity, s.wealth_purchase AS wealth_purchase_propensity,
        s.contact_response AS contact_response_propensity
    FROM customer c
    LEFT JOIN h_branch b USING (branch_id)
    LEFT JOIN h_manager m USING (manager_id)
    LEFT JOIN h_tie tie USING (customer_id)
    LEFT JOIN h_tied tied ON tied.other_id = c.customer_id
    LEFT JOIN h_relationship r USING (customer_id)
    LEFT JOIN h_holding h USING (customer_id)
    LEFT JOIN h_balance a USING (customer_id)
    LEFT JOIN h_balance_days d USING (customer_id)
    LEFT JOIN h_txn_year y USING (customer_id)
    LEFT JOIN h_txn_half f USING (customer_id)
    LEFT JOIN h_txn t USING (customer_id)
    LEFT JOIN h_event_year l USING (customer_id)
    LEFT JOIN h_event e USING (customer_id)
    LEFT JOIN h_event_hour hour USING (customer_id)
    LEFT JOIN h_risk k USING (customer_id)
    LEFT JOIN h_contact o USING (customer_id)
    LEFT JOIN h_referral p USING (customer_id)
    LEFT JOIN h_referred w ON w.referred_id = c.customer_id
    LEFT JOIN h_external x USING (customer_id)
    LEFT JOIN h_aum_rank q USING (customer_id)
    LEFT JOIN h_rfm g USING (customer_id)
    LEFT JOIN h_score s USING (customer_id)
), growing AS (
    SELECT * EXCLUDE (other_txn_count),
        (inflow_90d - outflow_90d)::DECIMAL(18,2) AS net_flow_90d,
        (approved_credit - used_credit)::DECIMAL(18,2) AS unused_credit,
        share_of(balance_change_30d, balance_30d_ago) AS balance_growth_30d,
        share_of(balance_change_90d, balance_90d_ago) AS balance_growth_90d,
        share_of(risky_wealth_balance, wealth_balance) AS risky_wealth_share,
        app_txn_count_90d + web_txn_count_90d + wechat_txn_count_90d AS online_txn_count_90d,
        counter_txn_count_90d + atm_txn_count_90d + pos_txn_count_90d AS offline_txn_count_90d,
        -- of equally frequent channels the first by name
        CASE greatest(app_txn_count_90d, counter_txn_count_90d, web_txn_count_90d, atm_txn_count_90d,
                      pos_txn_count_90d, wechat_txn_count_90d, other_txn_count)
            WHEN 0 THEN NULL WHEN app_txn_count_90d THEN 'app' WHEN atm_txn_count_90d THEN 'atm'
            WHEN counter_txn_count_90d THEN 'counter' WHEN other_txn_count THEN 'other'
            WHEN pos_txn_count_90d THEN 'pos' WHEN web_txn_count_90d THEN 'web' ELSE 'wechat'
        END AS main_txn_channel_90d,
        kind <> 'prospect' AND (holdings_open = 0 OR (aum < 100 AND days_since_active_txn IS NULL)) AS is_lost,
        coalesce(age >= 60, false) AS is_silver_haired, kind = 'micro_business' AS is_micro_business,
        kind = 'personal' AND holdings_open > 0 AND aum < 10000 AS is_long_tail,
        tier_of(aum) AS aum_tier, level_of(balance_last) AS level_now, level_of(balance_90d_ago) AS level_then
    FROM joined
), staged AS (
    SELECT *, kind <> 'prospect' AND NOT is_lost AND tenure_days >= 180 AND active_txn_count_180d = 0 AS is_dormant,
        kind <> 'prospect' AND NOT is_lost AND tenure_days >= 365 AND active_txn_count_30d > 0
            AND active_txn_count_180d <= active_txn_count_30d AS is_won_back
    FROM growing
)
SELECT * EXCLUDE (level_now, level_then),
    CASE WHEN age < 18 THEN 'under_18' WHEN age < 35 THEN '18_34' WHEN age < 50 THEN '35_49'
         WHEN age < 60 THEN '50_59' WHEN age >= 60 THEN '60_plus' END AS age_band,
    coalesce(region_kind = 'village', false) AS lives_in_village,
    share_of(branch_customers, branch_managers) AS branch_customers_per_manager,
    household_others + 1 AS household_size,
    coalesce(manager_branch_id = branch_id, false) AS manager_of_home_branch,
    share_of(manager_load, manager_daily_capacity) AS manager_load_per_lead,
    CASE WHEN aum <= 0 THEN 'none' WHEN aum < 10000 THEN 'under_10k' WHEN aum < 50000 THEN '10k_50k'
         WHEN aum < 200000 THEN '50k_200k' WHEN aum < 500000 THEN '200k_500k'
         WHEN aum < 1000000 THEN '500k_1m' ELSE '1m_plus' END AS aum_band,
    share_of(wealth_balance, aum) AS wealth_share, share_of(demand_balance, deposit_balance) AS demand_share,
    CASE WHEN balance_growth_90d >= 0.1 THEN 'growing' WHEN balance_growth_90d <= -0.1 THEN 'declining'
         WHEN balance_growth_90d < 0.1 THEN 'stable' END AS balance_trend_90d,
    share_of(balance_last, aum_daily_mean_90d) AS balance_to_mean_90d,
    tier_of(aum_daily_mean_90d) AS aum_tier_mean_90d,
    CASE WHEN level_now > level_then THEN 'up' WHEN level_now < level_then THEN 'down'
         WHEN level_now = level_then THEN 'same' END AS tier_change_90d,
    CASE aum_tier WHEN 'basic' THEN 50000 - aum WHEN 'gold' THEN 200000 - aum WHEN 'platinum' THEN 1000000 - aum
         WHEN 'diamond' THEN 6000000 - aum END::DECIMAL(18,2) AS yuan_to_next_tier,
    CASE aum_tier WHEN 'basic' THEN aum >= 45000 WHEN 'gold' THEN aum >= 180000 WHEN 'platinum' THEN aum >= 900000
         WHEN 'diamond' THEN aum >= 5400000 ELSE false END AS is_near_next_tier,
    share_of(deposit_maturing_30d, deposit_balance) AS deposit_maturing_share_30d,
    share_of(wealth_maturing_30d, wealth_balance) AS wealth_maturing_share_30d,
    (wealth_bought_90d - wealth_redeemed_90d)::DECIMAL(18,2) AS wealth_net_bought_90d,
    share_of(wealth_redeemed_90d, wealth_redeemed_90d + wealth_balance) AS wealth_redeemed_share_90d,
    coalesce(days_since_first_wealth < 90, false) AS is_first_time_wealth_buyer,
    CASE WHEN risky_wealth_share >= 0.5 THEN 'aggressive' WHEN risky_wealth_share > 0 THEN 'balanced'
         WHEN wealth_balance > 0 THEN 'steady' ELSE 'none' END AS risk_appetite,
    loan_count > 0 AS holds_loan, share_of(used_credit, approved_credit) AS credit_use,
    approved_credit > 0 AND used_credit <= 0 AS has_undrawn_credit,
    share_of(repaid_90d, inflow_90d) AS repayment_to_inflow_90d,
    CASE WHEN loan_balance <= 0 THEN 'no_debt' WHEN is_overdue THEN 'overdue'
         WHEN repayments_90d > 0 THEN 'on_time' ELSE 'not_yet' END AS repayment_status,
    share_of(card_used, card_limit) AS card_use, holds_credit_card AND card_used <= 0 AS is_idle_credit_card,
    (inflow_7d - outflow_7d)::DECIMAL(18,2) AS net_flow_7d,
    (inflow_30d - outflow_30d)::DECIMAL(18,2) AS net_flow_30d,
    (own_transfer_out_90d - own_transfer_in_90d)::DECIMAL(18,2) AS own_transfer_net_90d,
    share_of(net_flow_90d, inflow_90d) AS net_flow_share_90d,
    coalesce(payroll_since_days < 60, false) AS is_new_payroll,
    coalesce(days_since_payroll >= 45, false) AS is_lost_payroll,
    mean_of(payroll_in_90d, payroll_count_90d) AS payroll_mean_90d,
    share_of(payroll_in_90d, inflow_90d) AS payroll_share_90d,
    mean_of(collection_90d, collection_count_90d) AS collection_mean_90d,
    share_of(collection_90d, inflow_90d) AS collection_share_90d,
    uses_collection_code OR collection_count_90d >= 10 AS is_merchant,
    ((app_txn_count_90d > 0)::BIGINT + (counter_txn_count_90d > 0)::BIGINT + (web_txn_count_90d > 0)::BIGINT
        + (atm_txn_count_90d > 0)::BIGINT + (pos_txn_count_90d > 0)::BIGINT
        + (wechat_txn_count_90d > 0)::BIGINT) AS channels_used_90d,
    CASE WHEN online_txn_count_90d + offline_txn_count_90d = 0 THEN 'none'
         WHEN offline_txn_count_90d = 0 THEN 'digital' WHEN online_txn_count_90d = 0 THEN 'offline'
         ELSE 'both' END AS channel_type,
    share_of(wealth_clicks_30d, wealth_views_30d) AS wealth_click_rate_30d,
    greatest(applications_begun_90d - applications_sent_90d, 0) AS unfinished_applications_90d,
    wealth_views_30d >= 2 AND NOT holds_wealth AS is_wealth_browser,
    least(days_since_login, days_since_active_txn) AS days_since_activity,
    kind <> 'prospect' AND tenure_days < 90 AS is_new_customer,
    CASE WHEN kind = 'prospect' THEN 'prospect' WHEN is_lost THEN 'lost' WHEN tenure_days < 90 THEN 'new'
         WHEN is_won_back THEN 'won_back' WHEN is_dormant THEN 'dormant'
         WHEN balance_growth_90d >= 0.3 THEN 'growing' WHEN balance_growth_90d <= -0.3 THEN 'declining'
         ELSE 'mature' END AS life_stage,
    CASE WHEN active_txn_count_30d + logins_30d < 1 THEN 'none' WHEN active_txn_count_30d + logins_30d < 5 THEN 'low'
         WHEN active_txn_count_30d + logins_30d < 20 THEN 'medium' ELSE 'high' END AS activity_band,
    coalesce(age BETWEEN 18 AND 34, false) AS is_young, aum >= 500000 AS is_affluent,
    is_farmer AND coalesce(region_kind = 'village', false) AS is_village_farmer,
    CASE WHEN kind = 'prospect' THEN 'prospect' WHEN is_micro_business THEN 'micro_business'
         WHEN is_farmer THEN 'farmer' WHEN is_new_citizen THEN 'new_citizen' WHEN is_payroll THEN 'payroll'
         WHEN is_silver_haired THEN 'silver_haired' WHEN is_long_tail THEN 'long_tail' ELSE 'other'
         END AS customer_group,
    (is_payroll::BIGINT + is_silver_haired::BIGINT + is_long_tail::BIGINT + is_new_citizen::BIGINT
        + is_farmer::BIGINT + is_micro_business::BIGINT) AS group_count,
    (inflow_90d + outflow_90d)::DECIMAL(18,2) AS turnover_90d,
    rfm_recency * 100 + rfm_frequency * 10 + rfm_monetary AS rfm_score,
    rfm_recency + rfm_frequency + rfm_monetary AS rfm_total,
    CASE WHEN rfm_recency >= 4 AND rfm_frequency >= 4 AND rfm_monetary >= 4 THEN 'champions'
         WHEN rfm_recency >= 3 AND rfm_frequency >= 4 THEN 'loyal'
         WHEN rfm_recency >= 3 AND rfm_monetary >= 4 THEN 'big_spenders' WHEN rfm_recency >= 4 THEN 'promising'
         WHEN rfm_recency <= 2 AND (rfm_frequency >= 3 OR rfm_monetary >= 3) THEN 'at_risk'
         WHEN rfm_recency <= 2 THEN 'hibernating' WHEN rfm_recency = 3 THEN 'ordinary' END AS rfm_segment,
    coalesce(product_risk_held > risk_level, false) AS holds_above_risk_level,
    coalesce(risk_expires_in_days >= 0, false) AS risk_assessment_valid,
    risk_level - risk_level_first AS risk_level_change, risk_level - product_risk_held AS risk_room,
    share_of(contacts_accepted_90d, contacts_90d) AS contact_acceptance_90d,
    contacts_30d >= 3 AND contacts_accepted_90d = 0 AS is_over_contacted,
    share_of(referrals_opened_365d, referrals_365d) AS referral_success_365d,
    CASE WHEN churn_propensity < 0.2 THEN 'low' WHEN churn_propensity < 0.5 THEN 'medium'
         WHEN churn_propensity >= 0.5 THEN 'high' END AS churn_band,
    CASE WHEN wealth_purchase_propensity < 0.1 THEN 'low' WHEN wealth_purchase_propensity < 0.3 THEN 'medium'
         WHEN wealth_purchase_propensity >= 0.3 THEN 'high' END AS wealth_purchase_band,
    CASE WHEN contact_response_propensity < 0.1 THEN 'low' WHEN contact_response_propensity < 0.3 THEN 'medium'
         WHEN contact_response_propensity >= 0.3 THEN 'high' END AS contact_response_band,
    (aum * churn_propensity)::DECIMAL(18,2) AS aum_at_risk
FROM staged ORDER BY customer_id;
