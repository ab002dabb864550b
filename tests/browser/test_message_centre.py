"""A manager works the leads of a day, and what came of them is found in the ledger."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import journeykit as jk
from tests.widgets.decided import OPERATOR, decide

pytestmark = pytest.mark.browser

MADE = """
import journeykit as jk
from journeykit.workspace import open_ledger
from journeykit.ledger import read_receipts
centre = jk.MessageCentre("{}", language="{}", as_="{}")
centre
"""
TOLD = "print([(row['lead_id'], row['outcome']) for row in read_receipts(open_ledger()).to_pylist()])"


@pytest.fixture(scope="module")
def customers(lab_server):
    """A manager, and three customers with a lead each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYKIT_WORKSPACE", str(lab_server.workspace))
        with jk.connect() as mart:
            known = mart.frame("customer").dropna(subset=["manager_id"]).sort_values("customer_id")
    manager = known["manager_id"].value_counts().index[0]
    chosen = list(known[known["manager_id"] == manager]["customer_id"])[:3]
    addressed = [(chosen[0], "mobile_sales", manager), (chosen[1], "sms", None), (chosen[2], "sms", None)]
    return manager, decide(lab_server.workspace, addressed)


def test_what_came_of_a_lead_is_found_in_the_ledger(lab, customers):
    manager, leads = customers
    customer, lead = next(iter(leads.items()))
    lab.notebook([MADE.format(manager, "zh", OPERATOR)])
    lab.run_all()
    centre = lab.widget("MessageCentre")
    expect(centre.get_by_role("listbox").get_by_role("option")).to_have_count(3)
    centre.get_by_label("渠道", exact=True).select_option("移动营销")
    expect(centre.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    centre.get_by_role("listbox").focus()
    lab.page.keyboard.press("ArrowDown")
    expect(centre.get_by_role("heading", name=f"客户 {customer}")).to_be_visible()
    expect(centre.get_by_text("理财一周内到期")).to_be_visible()
    centre.get_by_role("button", name="已接受", exact=True).click()
    expect(centre.get_by_text("已记录：已接受")).to_be_visible()
    expect(centre.get_by_role("listbox").get_by_role("option")).to_contain_text("已接受")
    assert lab.kernel(TOLD) == f"[('{lead}', 'accepted')]\n"
    lab.picture("message-centre", centre)
    lab.theme("dark")
    lab.narrow(centre)
    lab.picture("message-centre-dark-narrow", centre)


def test_a_refusal_is_told_under_the_widget(lab, customers):
    manager, leads = customers
    *_, (customer, lead) = leads.items()
    lab.notebook([MADE.format(manager, "en", OPERATOR)])
    lab.run_all()
    centre = lab.widget("MessageCentre")
    centre.get_by_role("listbox").get_by_role("option", name=customer).click()
    before = lab.kernel(TOLD)
    # Somebody else says it first, so that this page shows what is so no more.
    lab.kernel(
        "from datetime import datetime\n"
        "from journeykit.ledger.receipts import report_outcome\n"
        f"report_outcome(open_ledger(), '{lead}', 'refused', actor='{OPERATOR}', at=datetime.now())"
    )
    centre.get_by_role("button", name="refused", exact=True).click()
    expect(centre.get_by_role("alert")).to_contain_text("already")
    assert lab.kernel(TOLD).count(lead) == before.count(lead) + 1


def test_whoever_has_not_the_role_finds_no_buttons(lab, customers):
    manager, _ = customers
    lab.notebook([MADE.format(manager, "en", "analyst [demo]")])
    lab.run_all()
    centre = lab.widget("MessageCentre")
    centre.get_by_role("listbox").get_by_role("option").first.click()
    expect(centre.get_by_text("may not report what came of leads")).to_be_visible()
    expect(centre.get_by_role("button", name="accepted", exact=True)).to_have_count(0)
