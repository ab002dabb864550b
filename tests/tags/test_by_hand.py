"""Every tag of every family, worked out by hand from its description, for one customer with all rows in view.

as_of is Friday 29 May 2026. First days of windows: 7 days 23 May, 14 days 16 May, 30 days 30 April, 45 days
15 April, 60 days 31 March, 90 days 1 March (a Sunday), 180 days 1 December 2025, 365 days 30 May 2025. Last
days ahead: 7 days 5 June, 30 days 28 June, 60 days 28 July, 90 days 27 August. In the tables ``-`` is
missing; a customer is called after the family it is for.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from journeykit.contract import SUBJECTS, Type
from journeykit.tags import LIBRARY, Catalogue, build_tags

AS_OF = date(2026, 5, 29)
READ = {
    Type.INTEGER: int,
    Type.DECIMAL: Decimal,
    Type.RATE: lambda text: Decimal(text).quantize(Decimal("0.000001")),
    Type.BOOLEAN: {"yes": True, "no": False}.__getitem__,
    Type.DATE: date.fromisoformat,
    Type.TIMESTAMP: lambda text: datetime.fromisoformat(text.replace("_", " ")),
    Type.TEXT: str,
}


def read_rows(who: str, text: str) -> dict[str, list[dict[str, Any]]]:
    """Tables of text: a subject and its columns, then a row a line, about `who` unless it says."""
    found: dict[str, list[dict[str, Any]]] = {}
    for part in text.strip().split("\n\n"):
        (name, *columns), *lines = [line.split("#")[0].split() for line in part.strip().splitlines()]
        declared = SUBJECTS[name]
        for i, line in enumerate(lines):
            assert len(line) == len(columns), (name, line)
            row = {
                column: None if cell == "-" else READ[declared.column(column).type](cell)
                for column, cell in zip(columns, line, strict=True)
            }
            own = {"customer_id": who} if declared.owner == "customer_id" else {}
            number = {declared.key[0]: f"{who}{i + 1:02d}"} if declared.key[0].endswith("_id") else {}
            found.setdefault(name, []).append(number | own | row)
    return found


def read_expected(text: str) -> dict[str, Any]:
    """Lines of a tag and its value; the comment behind says why."""
    types = {tag.name: tag.type for tag in LIBRARY}
    pairs = [line.split("#")[0].split() for line in text.strip().splitlines()]
    return {name: None if value == "-" else READ[types[name]](value) for name, value in pairs}


SHARED = """
product product_id line kind risk_level offered_from
DEMAND  deposit demand - -
TERM    deposit term 1 2020-01-01
WEALTH2 wealth wealth 2 2026-05-29
WEALTH4 wealth wealth 4 2020-01-01
FUND5   wealth fund 5 2020-01-01
CREDIT  card credit_card - -
SOCIAL  card social_security_card - -
HOUSE   loan mortgage - -
GOODS   loan consumer_loan - -
SHOP    loan business_loan - -
FIELD   loan farm_loan - -
CODE    payment payment - -

branch branch_id region_kind opened_on
BR town 2026-05-19
BX city -

manager manager_id branch_id daily_capacity on_duty hired_on
MG BR 3 yes 2026-05-28
M2 BR - no -
M3 BR 9 yes 2026-05-30    # not there yet
M4 BX 9 yes 2020-01-01
"""

# The rows of a customer, and what follows from them.
CASES: dict[str, tuple[str, str]] = {}

CASES["identity"] = (
    """
customer customer_id kind since gender birth_date education marital_status occupation annual_income is_farmer is_new_citizen industry employees acquired_by branch_id
identity personal 2026-03-01 female 2000-02-29 university married teacher 120000.50 - yes - - app BR
""",  # noqa: E501
    """
kind personal
gender female
age 26                      # 26 on 1 March 2026
age_band 18_34
education university
marital_status married
occupation teacher
annual_income 120000.50
is_farmer no                # not known
is_new_citizen yes
industry -
employees -
acquired_by app
tenure_days 89              # 30 of March, 30 of April, 29 of May
birthday_on -
""",
)

CASES["region"] = (
    """
customer customer_id kind since region_kind district village branch_id manager_id
region personal 2020-01-01 village D V BR MG
""",
    """
region_kind village
district D
village V
branch_id BR
branch_region_kind town
branch_age_days 10
branch_customers 3          # identity, region, manager; late is not known yet
lives_in_village yes
branch_managers 2           # MG and M2, who is off duty; M3 is not there yet
branch_customers_per_manager 1.5
""",
)

CASES["manager"] = (
    """
customer customer_id kind since branch_id manager_id
manager personal 2020-01-01 BR MG
late    personal 2026-05-30 BR MG

target manager_id measure valid_from valid_to amount
MG deposits 2026-01-01 2026-05-29 1.00      # its last day
MG loans    2026-01-01 - 1.00
MG cards    2026-01-01 2026-05-28 1.00
MG wealth   2026-05-30 - 1.00
M4 deposits 2026-01-01 - 1.00

manager_performance manager_id measure performed_on amount
MG deposits 2026-05-29 1.00
MG loans    2026-05-29 2.00                 # the same day
MG deposits 2026-04-30 0.01
MG deposits 2026-04-29 5.00                 # 31st day
MG deposits 2026-05-10 0.00
MG loans    2026-05-11 -1.00
MG deposits 2026-05-30 9.00
M4 deposits 2026-05-12 9.00
""",
    """
manager_id MG
has_manager yes
manager_on_duty yes
manager_daily_capacity 3
manager_load 2                      # manager and region
manager_targets 2                   # deposits and loans
manager_performance_days_30d 2      # 29 May and 30 April
manager_hired_days 1
manager_branch_id BR
manager_of_home_branch yes
manager_load_per_lead 0.666667      # 2 / 3
""",
)

CASES["lines"] = (
    """
relationship line opened_on closed_on
deposit   2020-01-01 -
deposit   2022-01-01 -                      # the same line
loan      2019-01-01 2026-05-29             # closed on as_of
e_banking 2026-05-29 2026-05-30             # its end is not known yet
payment   2026-03-01 2026-05-28
card      2026-02-28 2026-03-01
wealth    2021-05-29 2026-02-28
wealth    2026-05-30 -
""",
    """
lines_used 2                # deposit and e_banking
uses_e_banking yes
uses_payment no
days_since_new_line 0       # e_banking
relationship_days 2340      # from 1 January 2020: 6 * 365 + 2 leap days, and 148 of 2026
lines_opened_90d 2          # e_banking, payment
lines_closed_90d 3          # loan, payment, card
""",
)

CASES["household"] = (
    """
tie customer_id other_id kind valid_from valid_to
household identity household 2020-01-01 -
household region   household 2020-01-01 2026-05-29      # its last day
household region   household 2021-01-01 -               # the same customer
household lines    household 2020-01-01 2026-05-28
household cards    household 2026-05-30 -
household flows    guarantor 2020-01-01 2026-05-29
household flows    employer  2020-01-01 2026-05-28
household flows    legal_representative 2020-01-01 2026-05-30
credit    household guarantor 2020-01-01 -
credit    household guarantor 2021-01-01 -
wealth    household guarantor 2020-01-01 -
lines     household legal_representative 2020-01-01 2026-05-29
risk      household employer 2026-05-30 -
""",
    """
household_others 2          # identity, region
household_size 3
has_guarantor yes
has_employer no             # ended the day before
has_legal_representative yes
guarantees_for 2            # credit, wealth
represents_businesses 1     # lines
employs_customers 0         # not yet
""",
)

CASES["external"] = (
    """
external source licence measure obtained_on expires_on
tax   any income 2026-05-19 -
tax   any land   2026-01-01 2026-05-29      # its last day
court any suits  2026-05-21 2026-05-28
court any fines  2026-05-02 2026-05-30
tax   any income 2025-01-01 -
land  any area   2026-05-30 -
""",
    """
has_external_data yes
external_measures 3         # income, land, fines
external_age_days 10        # income of 19 May; suits is newer, but expired
external_sources 2          # tax, court
external_expired 1          # suits
""",
)

CASES["referrals"] = (
    """
referral referral_id customer_id referred_id referred_at opened reward chain_length same_device
r1 referrals - 2026-05-29_23:59:59 yes 50.00 1 -
r2 referrals - 2026-03-01_00:00:00 no - - no
r3 referrals - 2026-02-28_23:59:59 yes 30.50 - yes
r4 referrals referrals 2025-05-30_00:00:00 - 10.00 5 -
r5 referrals - 2025-05-29_23:59:59 yes 99.00 - yes
r6 referrals - 2026-05-30_00:00:00 yes 99.00 - yes
r7 risk referrals 2020-05-29_12:00:00 - - 2 -
r8 risk referrals 2026-05-30_00:00:00 - - 3 -
""",
    """
referrals_90d 2                 # r1, r2
referrals_365d 4                # r1 to r4
referrals_opened_365d 2         # r1, r3; of r4 it is not known
referral_reward_365d 90.50      # 50.00 + 30.50 + 10.00
self_referrals_365d 2           # r3 by its device, r4
referral_chain_length 2         # r7; r4 is the customer's own
was_referred yes
referral_success_365d 0.5       # 2 / 4
days_since_referral 0
days_since_referred 2191        # r7: 6 * 365 and one leap day
""",
)

CASES["contacts"] = (
    """
contact contacted_on channel outcome
2026-05-29 sms           failed
2026-05-23 sms           accepted
2026-05-22 outbound_call refused
2026-04-30 app_push      delivered
2026-04-29 app_push      clicked
2026-03-01 mobile_sales  accepted
2026-02-28 sms           accepted
2026-05-30 wecom         accepted
2026-05-29 counter       -                  # greater number than the first of this day
2026-05-10 app_push      -
""",
    """
contacts_7d 3                           # both of 29 May, and 23 May
contacts_30d 6                          # and 22 May, 10 May, 30 April
contacts_90d 8                          # and 29 April, 1 March
contacts_accepted_90d 2                 # 23 May, 1 March
contacts_refused_90d 1
contacts_reached_90d 4                  # 23 May, 22 May, 29 April, 1 March
contact_acceptance_90d 0.25             # 2 / 8
days_since_contact 0
days_since_accepted 6
last_contact_channel counter
last_contact_outcome failed             # of the counter it is not known
sms_contacts_90d 2
outbound_call_contacts_90d 1
app_push_contacts_90d 3
mobile_sales_contacts_90d 1
sms_acceptance_90d 0.5
outbound_call_acceptance_90d 0
app_push_acceptance_90d 0
mobile_sales_acceptance_90d 1
is_over_contacted no                    # six in 30 days, but two accepted
""",
)

CASES["assets"] = (
    """
holding role product_id line opened_on closed_on amount
owner DEMAND  deposit 2020-01-01 - 1000.25
owner TERM    deposit 2026-05-29 - 28994.75
owner -       deposit 2020-01-01 - -                    # worth and product not known
owner DEMAND  deposit 2020-01-01 2026-05-29 777.00      # closed on as_of
owner DEMAND  deposit 2020-01-01 2026-05-30 5.00        # its end is not known yet
owner TERM    deposit 2026-05-30 - 888.00
other DEMAND  deposit 2020-01-01 - 999.00
owner WEALTH2 wealth  2020-01-01 - 10000.00
owner FUND5   wealth  2020-01-01 - 0.00
owner CREDIT  card    2020-01-01 2026-05-29 -
""",
    """
deposit_balance 30000.00        # 1000.25 + 28994.75 + 5.00
wealth_balance 10000.00
aum 40000.00
aum_band 10k_50k
wealth_share 0.25
holds_deposit yes
holds_wealth yes
holds_card no
had_wealth yes
holdings_open 6                 # four deposits, two of wealth
products_held 4                 # DEMAND, TERM, WEALTH2, FUND5
shared_holdings 1
product_risk_held 5             # FUND5, though worth nothing
demand_balance 1005.25          # 1000.25 + 5.00
term_balance 28994.75
demand_share 0.033508           # 1005.25 / 30000.00 = 0.03350833
deposit_largest 28994.75
""",
)

CASES["cards"] = (
    """
holding role product_id line opened_on closed_on credit_limit used
owner CREDIT card 2020-01-01 - 20000.00 5000.00
owner CREDIT card 2020-01-01 - 5000.00 -
owner CREDIT card 2020-01-01 2026-05-29 9.00 9.00
other CREDIT card 2020-01-01 - 9.00 9.00
owner SOCIAL card 2026-04-29 - - -
owner SOCIAL card 2026-05-01 - - -
owner SOCIAL card 2019-01-01 2026-05-01 - -

txn occurred_at direction amount kind category
2026-03-01_00:00:00 out 100.00 purchase utilities
2026-05-29_23:59:59 out 50.50 purchase farm_supplies
2026-05-01_12:00:00 out 20.00 purchase education
2026-05-01_12:00:00 out 9.50 purchase -
2026-05-01_12:00:00 in 70.00 purchase utilities         # paid back
2026-02-28_23:59:59 out 1000.00 purchase utilities
2026-05-30_00:00:00 out 1000.00 purchase education
2026-05-02_12:00:00 out 3.00 fee utilities
""",
    """
holds_credit_card yes
card_limit 25000.00
card_used 5000.00
card_use 0.2
is_idle_credit_card no
holds_social_security_card yes
social_security_card_days 30
spent_90d 180.00                    # 100.00 + 50.50 + 20.00 + 9.50
purchases_90d 4
spent_on_utilities_90d 100.00
spent_on_farm_supplies_90d 50.50
spent_on_education_90d 20.00
""",
)

CASES["credit"] = (
    """
holding role product_id line opened_on closed_on amount credit_limit used rate status
owner HOUSE loan 2020-01-01 - 100000.00 200000.00 100000.00 0.045 active
owner GOODS loan 2026-03-01 - 5000.00 10000.00 - 0.06 overdue
owner SHOP  loan 2026-03-02 2026-05-29 9.00 9.00 9.00 0.2 overdue
other FIELD loan 2020-01-01 - 7.00 7.00 7.00 0.2 overdue
owner FIELD loan 2026-05-30 - 7.00 7.00 7.00 0.2 overdue
owner -     loan 2026-05-29 - - 90000.00 0.00 - -
owner -     loan 2019-01-01 2025-05-30 1.00 1.00 1.00 0.2 closed
owner -     loan 2019-01-01 2025-05-29 1.00 1.00 1.00 0.2 closed
owner -     loan 2026-02-28 2026-05-30 1.00 - - - active
""",
    """
holds_loan yes
loan_count 4                    # HOUSE, GOODS, that of 29 May, that of 28 February
loan_balance 105001.00          # 100000.00 + 5000.00 + 1.00
approved_credit 300000.00       # 200000.00 + 10000.00 + 90000.00
used_credit 100000.00
unused_credit 200000.00
credit_use 0.333333
loan_rate_max 0.06
is_overdue yes
overdue_balance 5000.00
has_undrawn_credit no
holds_mortgage yes
holds_consumer_loan yes
holds_business_loan no          # closed on as_of
holds_farm_loan no              # another's, and one not there yet
loans_opened_90d 3              # 1 March, 2 March, 29 May
loans_closed_365d 2             # 29 May 2026, 30 May 2025
""",
)

CASES["maturities"] = (
    """
holding role line opened_on closed_on matures_on amount
owner deposit 2020-01-01 - 2026-05-29 100.00
owner deposit 2020-01-01 - 2026-06-05 200.00
owner deposit 2020-01-01 - 2026-06-06 400.00
owner deposit 2020-01-01 - 2026-06-28 800.00
owner deposit 2020-01-01 - 2026-06-29 1600.00
owner deposit 2020-01-01 - 2026-07-28 3200.00
owner deposit 2020-01-01 - 2026-08-27 6400.00
owner deposit 2020-01-01 - 2026-08-28 12800.00
owner deposit 2020-01-01 - 2026-05-28 25600.00
owner wealth  2020-01-01 - 2026-06-10 50.00
owner wealth  2020-01-01 - 2026-04-30 150.00
owner wealth  2020-01-01 2026-05-29 2026-05-29 999.00
other wealth  2020-01-01 - 2026-06-01 77.00
owner wealth  2020-01-01 - - 300.00
owner wealth  2020-01-01 2026-04-29 2026-04-29 5.00
owner loan    2020-01-01 - 2026-06-18 9.00
owner deposit 2026-05-30 - 2026-06-01 9.00
""",
    """
deposit_matures_in_days 0
wealth_matures_in_days 12
loan_matures_in_days 20
deposit_matures_on 2026-05-29
wealth_matures_on 2026-06-10
deposit_maturing_7d 300.00              # 100 + 200
deposit_maturing_30d 1500.00            # + 400 + 800
deposit_maturing_60d 6300.00            # + 1600 + 3200
deposit_maturing_90d 12700.00           # + 6400
wealth_maturing_7d 0.00
wealth_maturing_30d 50.00
wealth_maturing_60d 50.00
wealth_maturing_90d 50.00
deposit_maturing_share_30d 0.029354     # 1500 / 51100 = 0.02935421
wealth_maturing_share_30d 0.1           # 50 / (50 + 150 + 300)
maturities_30d 5                        # four deposits, one of wealth
matured_30d 4                           # 29 May (open and closed), 28 May, 30 April
past_maturity_balance 25750.00          # 25600 + 150
""",
)

CASES["balances"] = (
    """
balance holding_id line balance_on amount
A deposit 2026-02-28 1000.00    # 90 days ago, holds 45 days: 90 to 46 ago
A deposit 2026-04-14 2000.00    # holds to the day before the next: 45 to 10 ago
A deposit 2026-05-20 3000.00    # 9 to 0 ago
A deposit 2026-05-30 9000.00
B wealth  2026-04-15 600.00     # 44 to 0 ago
C wealth  2026-04-14 700.00     # 45 to 1 ago
L loan    2026-05-29 5000.00
""",
    """
balance_last 3600.00            # A 3000 + B 600; C's is 45 days old
balance_30d_ago 3300.00         # A 2000 + B 600 + C 700
balance_90d_ago 1000.00         # A
balance_change_30d 300.00
balance_change_90d 2600.00
balance_growth_30d 0.090909     # 300 / 3300
balance_growth_90d 2.6          # 2600 / 1000
balance_min_90d 2000.00         # that of 28 February is a day too old
balance_max_90d 3000.00
aum_daily_mean_30d 3610.00      # (10 * 3000 + 20 * 2000 + 30 * 600 + 29 * 700) / 30 = 108300 / 30
aum_daily_mean_90d 2272.22      # (44 * 1000 + 36 * 2000 + 10 * 3000 + 45 * 600 + 45 * 700) / 90 = 204500 / 90
aum_daily_mean_365d 563.01      # one day of 1000 more: 205500 / 365
deposit_daily_mean_90d 1622.22  # (44000 + 72000 + 30000) / 90
aum_slope_180d 732.48           # sums T 0, 0, 1000, 30000, 66200, 108300; (5 T6 + 3 T5 + T4 - T3) / 30 / 35
aum_volatility_180d 1359.05     # means 0, 0, 33.33, 1000, 2206.67, 3610: sqrt(3150431.48 - 1141.67 ** 2)
balance_trend_90d growing
balance_to_mean_90d 1.584354    # 3600 / 2272.22
""",
)

CASES["flows"] = (
    """
txn occurred_at direction amount kind channel counterparty
2026-05-29_23:59:59 in  100.00 transfer - own_other_bank
2026-05-23_00:00:00 in  50000.00 cash counter -
2026-05-22_23:59:59 in  49999.99 cash - person
2026-04-30_00:00:00 out 60000.00 transfer - own_other_bank
2026-04-29_23:59:59 in  40.00 transfer web own_other_bank
2026-03-01_00:00:00 out 10.00 fee auto bank
2026-02-28_23:59:59 in  7.00 - - -
2025-12-01_00:00:00 out 3.00 - - -
2025-11-30_23:59:59 in  1000.00 - - -
2026-05-30_00:00:00 in  9999.00 cash app own_other_bank
2026-05-28_10:00:00 out 30.00 purchase - -
2026-05-28_10:00:00 out 30.01 purchase - -
2026-05-27_12:00:00 out 200.00 cash app -
2026-05-27_12:00:00 out 1.00 - pos -             # the same moment, a greater number
2026-04-15_12:00:00 out 8.00 transfer - own_other_bank
""",
    """
inflow_7d 50100.00              # 100.00 + 50000.00
inflow_30d 100099.99            # + 49999.99
inflow_90d 100139.99            # + 40.00
inflow_180d 100146.99           # + 7.00
outflow_7d 261.01               # 30.00 + 30.01 + 200.00 + 1.00
outflow_30d 60261.01            # + 60000.00
outflow_90d 60279.01            # + 10.00 + 8.00
outflow_180d 60282.01           # + 3.00
net_flow_7d 49838.99
net_flow_30d 39838.98
net_flow_90d 39860.98
txn_count_30d 8
txn_count_90d 11
own_transfer_in_30d 100.00
own_transfer_in_90d 140.00
own_transfer_out_30d 60000.00
own_transfer_out_90d 60008.00
own_transfer_net_90d 59868.00
net_flow_share_90d 0.398053     # 39860.98 / 100139.99 = 0.39805257
large_inflows_90d 1             # 50000.00, not 49999.99
large_outflows_90d 1
inflow_slope_180d 14303.23      # sums 0, 0, 7, 0, 40, 100099.99: (5 * 100099.99 + 3 * 40 - 7) / 35
inflow_volatility_180d 37301.56 # variance 10020009647.0001 / 6 - 16691.165 ** 2 = 1391406618.776
cash_in_30d 99999.99
fees_90d 10.00
cash_out_30d 200.00
inflow_max_30d 50000.00
outflow_max_30d 60000.00
purchase_mean_90d 30.01         # 30.005
txn_active_days_30d 6           # 30 April, 22, 23, 27, 28, 29 May
days_since_txn 0
last_txn_channel pos
""",
)

CASES["payroll"] = (
    """
txn occurred_at direction amount kind
2026-05-15_12:00:00 in 5000.00 payroll
2026-04-15_00:00:00 in 4999.99 payroll
2026-03-31_00:00:00 in 4000.00 payroll
2025-05-29_23:59:59 in 1.00 payroll
2026-05-20_12:00:00 out 100.00 payroll
2026-05-21_12:00:00 in 6000.01 transfer
2026-05-30_00:00:00 in 5000.00 payroll
""",
    """
payroll_in_30d 5000.00
payroll_in_90d 13999.99
is_payroll yes
payroll_since_days 59       # 31 March
is_new_payroll yes
payroll_count_90d 3
payroll_mean_90d 4666.66    # 13999.99 / 3 = 4666.6633
days_since_payroll 14
is_lost_payroll no
payroll_share_90d 0.7       # 13999.99 / 20000.00 = 0.6999995
""",
)

CASES["merchants"] = (
    """
holding role product_id line opened_on closed_on
owner CODE payment 2020-01-01 -

txn occurred_at direction amount kind
2026-05-29_23:59:59 in 100.00 collection
2026-05-29_08:00:00 in 0.25 collection
2026-04-30_00:00:00 in 50.00 collection
2026-04-29_23:59:59 in 30.00 collection
2026-03-01_00:00:00 in 20.00 collection
2026-02-28_23:59:59 in 1000.00 collection
2026-05-01_12:00:00 out 5.00 collection
2026-05-02_12:00:00 in 199.75 transfer
2026-05-30_00:00:00 in 1000.00 collection
""",
    """
uses_collection_code yes
collection_30d 150.25
collection_90d 200.25
collection_count_90d 5
collection_days_30d 2           # 29 May, 30 April
collection_mean_90d 40.05
collection_share_90d 0.500625   # 200.25 / 400.00
collection_slope_90d 65.13      # sums 20, 30, 150.25: (150.25 - 20) / 2 = 65.125
is_merchant yes
""",
)

CASES["repayment"] = (
    """
holding role line opened_on amount next_due_on next_due_amount
owner loan    2020-01-01 1000.00 2026-05-29 100.00
owner loan    2020-01-01 5.00 2026-06-28 200.50
owner loan    2020-01-01 - 2026-06-29 400.00
owner loan    2020-01-01 - 2026-05-28 800.00
owner loan    2020-01-01 - 2026-06-10 -
owner deposit 2020-01-01 - 2026-06-01 99.00
other loan    2020-01-01 - 2026-06-01 99.00

txn occurred_at direction amount kind
2026-03-01_00:00:00 out 500.00 repayment
2026-05-20_12:00:00 out 250.00 repayment
2026-05-21_12:00:00 in 9.00 repayment
2026-02-28_23:59:59 out 7.00 repayment
2026-03-01_00:00:00 in 9991.00 loan_payout
2026-05-01_12:00:00 out 1.00 loan_payout
2026-05-30_00:00:00 out 7.00 repayment
""",
    """
loan_due_in_days 0
loan_due_30d 300.50             # 100.00 + 200.50
repaid_90d 750.00
repayments_90d 2
days_since_repayment 9
loan_payout_90d 9991.00
repayment_to_inflow_90d 0.075   # 750 / 10000
repayment_status on_time
""",
)

CASES["wealth"] = (
    """
holding role product_id line opened_on closed_on amount
owner WEALTH2 wealth  2026-04-01 - 600.00
owner WEALTH4 wealth  2026-05-29 - 300.00
owner FUND5   wealth  2026-03-01 2026-05-29 999.00
owner FUND5   wealth  2026-05-01 - 100.00
other WEALTH2 wealth  2020-01-01 - 77.00
owner -       wealth  2026-05-01 - 0.00
owner FUND5   deposit 2026-05-01 - 11.00

txn occurred_at direction amount kind
2026-03-01_00:00:00 out 250.00 wealth_buy
2026-05-10_12:00:00 out 50.00 wealth_buy
2026-05-11_12:00:00 in 9.00 wealth_buy
2026-02-28_23:59:59 out 1.00 wealth_buy
2026-05-20_00:00:00 in 200.00 wealth_redeem
2026-03-01_00:00:00 in 50.00 wealth_redeem
2026-05-21_12:00:00 out 9.00 wealth_redeem
2026-05-30_00:00:00 in 9.00 wealth_redeem
""",
    """
wealth_buys_90d 2
wealth_redemptions_90d 2
wealth_bought_90d 300.00
wealth_redeemed_90d 250.00
wealth_net_bought_90d 50.00
wealth_redeemed_share_90d 0.2       # 250 / (250 + 1000)
days_since_wealth_buy 19
days_since_wealth_redemption 9
days_since_first_wealth 89          # the fund of 1 March, closed again
is_first_time_wealth_buyer yes
fund_balance 111.00                 # 100.00 + 11.00
holds_fund yes
wealth_risk_mean 3.666667           # (2 + 4 + 5) / 3; of one the level is not known
risky_wealth_balance 400.00         # 300.00 + 100.00
risky_wealth_share 0.4
risk_appetite balanced
""",
)

CASES["risk"] = (
    """
holding role product_id line opened_on amount
owner WEALTH4 wealth 2020-01-01 0.00

risk_assessment assessed_on level expires_on
2024-01-01 2 2025-01-01
2025-06-01 4 2026-05-29
2026-05-01 3 -
2026-05-30 5 2028-01-01
""",
    """
risk_level 3
risk_expires_on 2026-05-29      # of the assessment of 2025, the latest that has one
risk_expires_in_days 0
days_since_assessment 28
holds_above_risk_level yes      # 4 above 3
risk_assessment_valid yes
risk_level_first 2
risk_level_change 1
risk_room -1
""",
)

CASES["behaviour"] = (
    """
event occurred_at channel action object
2026-05-28_23:59:59 app login -
2026-05-30_00:00:00 app login -
2026-05-23_00:00:00 web login -
2026-05-22_23:59:59 app login -
2026-04-30_00:00:00 app login -
2026-04-29_23:59:59 web login -
2026-03-01_00:00:00 app login -
2026-02-28_23:59:59 app login -
2026-05-29_23:59:59 app view wealth
2026-05-16_00:00:00 web view wealth
2026-05-15_23:59:59 app view wealth
2026-04-29_23:59:59 app view wealth
2026-05-01_10:00:00 official_account view loan
2026-03-01_00:00:00 app view loan
2026-05-02_10:00:00 official_account click wealth
2026-05-03_10:00:00 app click loan
2026-05-04_10:00:00 web view deposit
2026-05-05_10:00:00 web view deposit
2026-05-06_10:00:00 web view card
2026-03-01_00:00:00 web apply wealth
2026-05-07_10:00:00 web submit wealth
2026-05-08_10:00:00 web apply loan
2026-05-09_10:00:00 web apply -
2026-02-28_23:59:59 web apply card
2026-05-10_10:00:00 web submit deposit
2026-05-11_10:00:00 web apply card
2026-05-12_10:00:00 counter visit -
2026-05-13_10:00:00 app visit -
2026-05-28_08:00:00 app view home
2026-05-29_23:59:59 web view home               # the same moment, a greater number
""",
    """
logins_7d 2                         # 28 and 23 May
logins_30d 4                        # and 22 May, 30 April
logins_90d 6                        # and 29 April, 1 March
days_since_login 1
wealth_views_14d 2
wealth_views_30d 3
loan_views_30d 1
deposit_views_30d 2
card_views_30d 1
wealth_clicks_30d 1
loan_clicks_30d 1
applications_90d 6
counter_visits_90d 1
official_account_events_30d 2
app_active_days_30d 7               # 30 April, 3, 13, 15, 22, 28, 29 May
last_event_channel web
wealth_applications_90d 2
loan_applications_90d 1
deposit_applications_90d 1
card_applications_90d 1             # that of 28 February is too old
days_since_wealth_view 0
days_since_loan_view 28
login_slope_90d 1.5                 # 1, 1, 4: (4 - 1) / 2
wealth_click_rate_30d 0.333333      # 1 / 3
unfinished_applications_90d 2       # 4 - 2
applications_begun_90d 4
applications_sent_90d 2
is_wealth_browser yes
""",
)

CASES["channels"] = (
    """
txn occurred_at direction amount channel
2026-05-29_23:59:59 in  100.00 app
2026-03-01_00:00:00 out 40.00 app
2026-04-30_00:00:00 out 25.00 app
2026-04-29_23:59:59 in  60.00 app
2026-05-10_12:00:00 out 10.00 counter
2026-05-11_12:00:00 in  5.00 counter
2026-05-19_12:00:00 in  5.00 counter
2026-05-20_12:00:00 in  5.00 counter
2026-05-12_12:00:00 out 1.00 web
2026-05-13_12:00:00 out 1.00 pos
2026-05-14_12:00:00 in  2.00 auto
2026-05-15_12:00:00 in  2.00 auto
2026-05-16_12:00:00 in  2.00 auto
2026-05-17_12:00:00 in  2.00 auto
2026-05-18_12:00:00 in  2.00 auto
2026-05-18_12:00:00 out 3.00 -
2026-02-28_23:59:59 out 1.00 atm
2026-05-30_00:00:00 in  1.00 wechat

event occurred_at channel action
2026-05-23_09:00:00 app view            # Saturday
2026-05-24_09:59:59 app view            # Sunday
2026-05-25_18:00:00 app view
2026-05-26_18:59:59 app view
2026-05-27_17:59:59 app view
2026-05-28_20:00:00 app view
2026-05-29_23:59:59 app view
2026-03-01_00:00:00 app view            # Sunday
2026-02-28_18:59:59 app view
2026-05-30_00:00:00 app view
2026-05-24_10:00:00 web view
""",
    """
app_txn_count_90d 4
counter_txn_count_90d 4
web_txn_count_90d 1
atm_txn_count_90d 0
pos_txn_count_90d 1
wechat_txn_count_90d 0
app_txn_share_90d 0.266667          # 4 / 15, auto included
counter_txn_share_90d 0.266667
digital_txn_share_90d 0.333333      # 5 / 15
app_inflow_30d 100.00
app_outflow_30d 25.00
counter_inflow_30d 15.00
counter_outflow_30d 10.00
channels_used_90d 4                 # app, counter, web, pos
main_txn_channel_90d app            # as often as counter; auto does not count
best_app_hour_90d 9                 # as often as 18
app_evening_share_90d 0.5           # 18:00:00, 18:59:59, 20:00:00, 23:59:59 of 8
app_weekend_share_90d 0.375         # 23 May, 24 May, 1 March of 8
channel_type both
online_txn_count_90d 5
offline_txn_count_90d 5
""",
)

CASES["life_stage"] = (
    """
customer customer_id kind since
life_stage personal 2025-05-29

holding role line opened_on amount
owner deposit 2025-05-29 100.00

txn occurred_at direction amount kind
2026-04-30_00:00:00 in  5.00 transfer
2026-05-10_12:00:00 out 5.00 -
2026-01-05_12:00:00 in  1.00 interest
2026-05-28_12:00:00 out 1.00 fee
2025-11-30_23:59:59 in  5.00 transfer           # 180 days ago
2026-05-30_00:00:00 in  5.00 transfer

event occurred_at channel action
2026-05-20_12:00:00 app login
""",
    """
years_with_bank 1               # full on 29 May
active_txn_count_30d 2
active_txn_count_90d 2
active_txn_count_180d 2
days_since_active_txn 19
days_since_activity 9           # the log-in
is_new_customer no
is_lost no                      # 100 yuan are not below 100
is_dormant no
is_won_back yes                 # known for 365 days, none from 30 to 179 days ago
life_stage won_back
activity_band low               # 2 + 1
""",
)

CASES["groups"] = (
    """
customer customer_id kind since birth_date region_kind is_farmer is_new_citizen
groups personal 2020-01-01 1966-05-29 village yes -

holding role line opened_on amount
owner deposit 2020-01-01 9999.99

txn occurred_at direction amount kind
2026-04-15_00:00:00 in 5.00 payroll
""",
    """
is_silver_haired yes            # 60 on as_of
is_young no
is_long_tail yes
is_affluent no
is_micro_business no
is_village_farmer yes
customer_group farmer           # comes before payroll
group_count 4                   # payroll, silver-haired, long tail, farmer
""",
)

CASES["propensities"] = (
    """
holding role line opened_on amount
owner deposit 2020-01-01 1000.02
""",
    """
churn_propensity 0.25
wealth_purchase_propensity 0.1
contact_response_propensity -
churn_band medium
wealth_purchase_band medium
contact_response_band -
aum_at_risk 250.01              # 1000.02 * 0.25 = 250.005
""",
)

# Rankings are over all customers, so each of these has a bank of its own.
ALONE: dict[str, tuple[str, str]] = {}

ALONE["tiers"] = (
    """
customer customer_id kind since
tiers personal 2020-01-01
equal personal 2020-01-01
rich  personal 2020-01-01
poor  personal 2020-01-01
none  personal 2020-01-01

holding customer_id holding_id role line opened_on amount
tiers h1 owner deposit 2020-01-01 100000.00
tiers h2 owner wealth  2020-01-01 80000.00
equal h3 owner deposit 2020-01-01 180000.00
rich  h4 owner deposit 2020-01-01 6000000.00
poor  h5 owner deposit 2020-01-01 10.00
none  h6 owner deposit 2020-01-01 0.00

balance holding_id line balance_on amount
h1 deposit 2026-02-28 100.00            # holds from 90 to 46 days ago
h1 deposit 2026-05-29 4495600.00
""",
    """
aum_tier gold                   # 180000.00
aum_tier_mean_90d gold          # (44 * 100 + 4495600) / 90 = 50000.00
tier_change_90d up              # basic, then diamond
yuan_to_next_tier 20000.00
is_near_next_tier yes           # a tenth of 200000
aum_rank 2                      # behind rich, as is equal; poor is 4th
aum_quantile 0.75               # tiers, equal, poor of 4
""",
)

ALONE["rfm"] = (
    """
customer customer_id kind since
rfm  personal 2020-01-01
one  personal 2020-01-01
two  personal 2020-01-01
five personal 2020-01-01
old  personal 2020-01-01
fees personal 2020-01-01

txn txn_id customer_id occurred_at direction amount kind
t01 rfm 2026-05-27_12:00:00 in  300.00 transfer
t02 rfm 2026-05-20_12:00:00 out 600.00 transfer
t03 rfm 2026-03-01_00:00:00 in  90.00 transfer
t04 rfm 2026-05-29_12:00:00 in  10.00 interest
t05 one 2026-05-29_12:00:00 out 500.00 transfer
t06 two 2026-05-27_12:00:00 in  60.00 transfer
t07 two 2026-05-01_12:00:00 out 40.00 transfer
t08 five 2026-05-19_12:00:00 in 2.00 transfer
t09 five 2026-05-19_12:00:00 in 2.00 transfer
t10 five 2026-05-19_12:00:00 in 2.00 transfer
t11 five 2026-05-19_12:00:00 in 2.00 transfer
t12 five 2026-05-19_12:00:00 in 2.00 transfer
t13 old 2025-08-02_12:00:00 in 9999.00 transfer
t14 fees 2026-05-29_12:00:00 out 9999.00 fee
""",
    """
turnover_90d 1000.00            # 300 + 600 + 90 + 10
rfm_recency 3                   # five and old have more than 2 days: 1 + 5 * 2 / 5
rfm_frequency 4                 # one, two and old have fewer than 3: 1 + 5 * 3 / 5
rfm_monetary 5                  # one, two, five and old have less; fees is not ranked
rfm_score 345
rfm_total 12
rfm_segment loyal
""",
)


class Constant:
    """A model that says the same of everybody."""

    features = ("aum",)

    def __init__(self, probability: float | None) -> None:
        self.model_id, self.probability = f"always-{probability}", probability
        self.types: dict[str, Any] = {}

    def score(self, table: pa.Table) -> pa.Array:
        return pa.array([self.probability] * len(table), pa.float64())


MODELS = {"churn": Constant(0.25), "wealth_purchase": Constant(0.1), "contact_response": Constant(None)}


def joined(cases: dict[str, tuple[str, str]]) -> dict[str, list[dict[str, Any]]]:
    """All rows of these cases; a customer without a row of its own is personal, since 2020."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for who, text in [("shared", SHARED), *((who, text) for who, (text, _) in cases.items())]:
        for name, listed in read_rows(who, text).items():
            rows.setdefault(name, []).extend(listed)
    known = {row["customer_id"] for row in rows.setdefault("customer", [])}
    for who in set(cases) - known:
        rows["customer"].append({"customer_id": who, "kind": "personal", "since": date(2020, 1, 1)})
    return rows


@pytest.fixture(scope="module")
def found(tmp_path_factory, land, snapshot):
    """What was built for the customer of each family."""
    told = {}
    for cases in (CASES, *({who: case} for who, case in ALONE.items())):
        store = land(tmp_path_factory.mktemp("by_hand"), joined(cases))
        build = build_tags(store, Catalogue(LIBRARY), AS_OF, models=MODELS, memory_limit="500MB", threads=1)
        built = snapshot(store, build)
        told |= {who: built[who] for who in cases}
    return told


@pytest.mark.parametrize("family", [*CASES, *ALONE])
def test_worked_out_by_hand(found, family):
    expected = read_expected((CASES | ALONE)[family][1])
    assert {name: found[family][name] for name in expected} == expected


def test_every_tag_is_worked_out():
    """No tag of any family is left out, none stands in a family that is not its own."""
    told = {family: set(read_expected(text)) for family, (_, text) in (CASES | ALONE).items()}
    families = {family: {tag.name for tag in LIBRARY if tag.family == family} for family in told}
    assert told == families
    assert {tag.family for tag in LIBRARY} == set(told)


def test_halves_of_a_cent_go_up(tmp_path, built):
    """2304.49 / 2 is 1152.245, which has no double: the nearest lies below it."""
    tags = {
        "payroll": "payroll_mean_90d",
        "collection": "collection_mean_90d",
        "purchase": "purchase_mean_90d",
    }
    rows: dict[str, list[dict[str, Any]]] = {"customer": [], "txn": []}
    for kind in tags:
        way = "out" if kind == "purchase" else "in"
        moved = [f"2026-05-01 {way} {amount} {kind}" for amount in ("1000.00", "1304.49")]
        rows["txn"] += read_rows(kind, "\n".join(["txn occurred_at direction amount kind", *moved]))["txn"]
        rows["customer"].append({"customer_id": kind, "kind": "personal", "since": AS_OF})
    told = built(tmp_path, rows, LIBRARY)
    assert {name: told[kind][name] for kind, name in tags.items()} == dict.fromkeys(
        tags.values(), Decimal("1152.25")
    )


@pytest.mark.parametrize(
    ("as_of", "born", "birthday"),
    [
        (date(2026, 5, 29), date(1960, 5, 29), date(2026, 5, 29)),
        (date(2026, 5, 29), date(1960, 6, 12), date(2026, 6, 12)),
        (date(2026, 5, 29), date(1960, 6, 13), None),
        (date(2026, 5, 29), date(1960, 5, 28), None),
        (date(2026, 12, 28), date(1960, 1, 2), date(2027, 1, 2)),
        (date(2026, 2, 27), date(2004, 2, 29), date(2026, 3, 1)),
        (date(2028, 2, 25), date(2004, 2, 29), date(2028, 2, 29)),
        (date(2028, 3, 1), date(2004, 2, 29), None),
    ],
)
def test_a_birthday_within_fourteen_days(tmp_path, built, library, as_of, born, birthday):  # noqa: PLR0917
    person = {"customer_id": "a", "kind": "personal", "since": date(2015, 1, 1), "birth_date": born}
    told = built(tmp_path, {"customer": [person]}, library("birthday_on"), as_of=as_of)
    assert told["a"]["birthday_on"] == birthday


@pytest.mark.parametrize(
    ("as_of", "years"),
    [(date(2025, 2, 28), 0), (date(2025, 3, 1), 1), (date(2028, 2, 28), 3), (date(2028, 2, 29), 4)],
)
def test_years_from_a_leap_day(tmp_path, built, library, as_of, years):
    """Since 29 February 2024 a year is full on 1 March, and on the day itself where there is one."""
    born = date(2024, 2, 29)
    rows = {"customer": [{"customer_id": "a", "kind": "personal", "since": born, "birth_date": born}]}
    told = built(tmp_path, rows, library("age", "years_with_bank"), as_of=as_of)
    assert told["a"] == {"customer_id": "a", "age": years, "years_with_bank": years}
