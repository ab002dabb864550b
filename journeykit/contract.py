"""The canonical subjects of the customer mart, declared once.

A bank's own tables are mapped onto these subjects; tags, segments and reports know nothing else.
Each subject says how it lives in time (design D3), each column its type, meaning, constraint and
privacy class after JR/T 0171: C1 public or internal, C2 personal, C3 identifying or sensitive.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from journeykit.errors import unknown_name

Privacy = Literal["C1", "C2", "C3"]
Store = Literal["mart", "ledger", "vault"]


class Type(StrEnum):
    """Column and tag types; `DECIMAL` is exact with two places, `RATE` with six."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    RATE = "rate"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


class Time(StrEnum):
    """How the rows of a subject live in time."""

    EVENT = "event"
    PERIOD = "period"
    CURRENT = "current-only"


@dataclass(frozen=True)
class Column:
    """One column of a subject.

    `current` marks a value that is only known as it is today although the row itself has a history
    (the used part of a credit line); for a past as_of it needs a named assumption.
    """

    name: str
    type: Type
    meaning: str
    meaning_zh: str
    privacy: Privacy = "C1"
    required: bool = False
    values: tuple[str, ...] = ()
    references: str | None = None
    current: bool = False


@dataclass(frozen=True)
class Subject:
    """One subject: what a row is, how it is keyed, and when it is seen.

    `at` is the column from which a row exists: when an event occurred, when a period or a thing of
    a current-only subject began. A row whose `at` is after as_of is not seen. `until` ends a
    period; an end after as_of is not known yet and reads as missing. `known` is the column that
    tells when the bank learned of a row: one that an earlier day could not know of is not seen as of
    it, see :func:`journeykit.mart.earlier.see_earlier`. `owner` is the column that names whom the row
    is about; `store` is where the truth is kept.
    """

    name: str
    title: str
    title_zh: str
    meaning: str
    time: Time
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    at: str | None = None
    until: str | None = None
    known: str | None = None
    owner: str | None = "customer_id"
    store: Store = "mart"

    def column(self, name: str) -> Column:
        """The column called `name`; :class:`UnknownNameError` names the nearest one."""
        for column in self.columns:
            if column.name == name:
                return column
        names = [column.name for column in self.columns]
        raise unknown_name(
            f"column of {self.name}", name, names, f"List them with jk.SUBJECTS['{self.name}'].columns."
        )


T, I, D, R, B, DAY, TS = (
    Type.TEXT,
    Type.INTEGER,
    Type.DECIMAL,
    Type.RATE,
    Type.BOOLEAN,
    Type.DATE,
    Type.TIMESTAMP,
)

LINES = ("deposit", "loan", "wealth", "card", "payment", "e_banking")
CHANNELS = (
    "sms", "outbound_call", "app_push", "mobile_sales", "official_account", "counter", "wecom",
)  # fmt: skip
REGIONS = ("city", "town", "village")
PRODUCT_KINDS = (
    "demand", "term", "wealth", "fund", "debit_card", "credit_card", "social_security_card", "business_loan",
    "consumer_loan", "mortgage", "farm_loan", "payment", "e_banking", "other",
)  # fmt: skip


def _customer(meaning: str = "Pseudonym of the customer", zh: str = "客户编号") -> Column:
    return Column("customer_id", T, meaning, zh, "C2", True, references="customer.customer_id")


_DECLARED = (
    Subject(
        "branch", "Branch", "网点", "A branch or service point of the bank", Time.CURRENT,
        ("branch_id",),
        (
            Column("branch_id", T, "Branch number", "网点号", required=True),
            Column("name", T, "Name", "名称"),
            Column("district", T, "District or county", "区县"),
            Column("region_kind", T, "City, town or village", "城乡类别", values=REGIONS),
            Column("opened_on", DAY, "Opened on", "开业日期"),
        ),
        at="opened_on", owner="branch_id",
    ),
    Subject(
        "manager", "Relationship manager", "客户经理", "An employee who looks after customers",
        Time.CURRENT, ("manager_id",),
        (
            Column("manager_id", T, "Manager number", "客户经理号", "C2", True),
            Column("branch_id", T, "Branch", "所属网点", references="branch.branch_id"),
            Column("daily_capacity", I, "Leads the manager can work a day", "每日可跟进数"),
            Column("on_duty", B, "At work, not on leave", "在岗"),
            Column("hired_on", DAY, "In this function since", "任职日期"),
        ),
        at="hired_on", owner="manager_id",
    ),
    Subject(
        "customer", "Customer", "客户", "A person or micro business, customer or prospect",
        Time.CURRENT, ("customer_id",),
        (
            Column("customer_id", T, "Pseudonym of the customer", "客户编号", "C2", True),
            Column("kind", T, "Kind of customer", "客户类型", required=True,
                   values=("personal", "micro_business", "prospect")),
            Column("since", DAY, "Known to the bank since", "建档日期", required=True),
            Column("gender", T, "Gender", "性别", "C2", values=("female", "male")),
            Column("birth_date", DAY, "Date of birth", "出生日期", "C3"),
            Column("region_kind", T, "City, town or village", "城乡类别", "C2", values=REGIONS),
            Column("district", T, "District or county", "区县", "C2"),
            Column("village", T, "Village or community", "村居", "C2"),
            Column("branch_id", T, "Home branch", "归属网点", references="branch.branch_id"),
            Column("manager_id", T, "Relationship manager", "客户经理", "C2",
                   references="manager.manager_id"),
            Column("occupation", T, "Occupation", "职业", "C2"),
            Column("education", T, "Education", "学历", "C2"),
            Column("marital_status", T, "Marital status", "婚姻状况", "C2",
                   values=("single", "married", "divorced", "widowed")),
            Column("annual_income", D, "Stated income a year, yuan", "年收入", "C3"),
            Column("is_farmer", B, "Farming household", "农户", "C2"),
            Column("is_new_citizen", B, "Moved to the city within three years", "新市民", "C2"),
            Column("industry", T, "Industry of a micro business", "行业", "C2"),
            Column("employees", I, "Employees of a micro business", "员工数", "C2"),
            Column("acquired_by", T, "How the customer came", "获客渠道",
                   values=("branch", "referral", "payroll", "app", "official_account", "merchant")),
        ),
        at="since",
    ),
    Subject(
        "tie", "Tie", "关联关系", "A relation between two customers", Time.PERIOD,
        ("customer_id", "other_id", "kind", "valid_from"),
        (
            _customer(),
            Column("other_id", T, "The other customer", "关联客户", "C2", True,
                   references="customer.customer_id"),
            Column("kind", T, "What the other is to the customer", "关系", "C2", True,
                   values=("household", "employer", "guarantor", "legal_representative")),
            Column("valid_from", DAY, "From", "起始日", required=True),
            Column("valid_to", DAY, "To", "终止日"),
        ),
        at="valid_from", until="valid_to",
    ),
    Subject(
        "relationship", "Relationship", "业务关系", "A business line the customer uses", Time.PERIOD,
        ("customer_id", "line", "opened_on"),
        (
            _customer(),
            Column("line", T, "Business line", "业务条线", "C2", True, LINES),
            Column("opened_on", DAY, "Opened on", "开通日", required=True),
            Column("closed_on", DAY, "Closed on", "关闭日"),
        ),
        at="opened_on", until="closed_on",
    ),
    Subject(
        "product", "Product", "产品", "What the bank offers", Time.CURRENT, ("product_id",),
        (
            Column("product_id", T, "Product number", "产品号", required=True),
            Column("name", T, "Name", "名称"),
            Column("name_zh", T, "Chinese name", "中文名称"),
            Column("line", T, "Business line", "业务条线", required=True, values=LINES),
            Column("kind", T, "Kind of product within the line", "产品类别", values=PRODUCT_KINDS),
            Column("risk_level", I, "Risk R1 to R5", "风险等级"),
            Column("term_days", I, "Term in days", "期限天数"),
            Column("rate", R, "Rate a year, 0.03 is 3 %", "年利率"),
            Column("offered_from", DAY, "Offered from", "起售日"),
        ),
        at="offered_from", owner="product_id",
    ),
    Subject(
        "holding", "Holding", "持有", "An account or contract a customer has a role in", Time.PERIOD,
        ("holding_id", "customer_id"),
        (
            Column("holding_id", T, "Account or contract, pseudonymous", "账户编号", "C2", True),
            _customer(),
            Column("role", T, "Owner, or other (joint holder, authorised)", "角色", required=True,
                   values=("owner", "other")),
            Column("product_id", T, "Product", "产品", references="product.product_id"),
            Column("line", T, "Business line", "业务条线", required=True, values=LINES),
            Column("opened_on", DAY, "Opened on", "开户日", required=True),
            Column("closed_on", DAY, "Closed on", "销户日"),
            Column("matures_on", DAY, "Matures on", "到期日"),
            Column("amount", D, "Balance or principal outstanding, yuan", "余额", "C2", current=True),
            Column("credit_limit", D, "Approved amount, yuan", "授信额度", "C2"),
            Column("used", D, "Used part of the limit, yuan", "已用额度", "C2", current=True),
            Column("rate", R, "Rate a year, 0.03 is 3 %", "年利率"),
            Column("status", T, "State", "状态", "C2", current=True,
                   values=("active", "dormant", "overdue", "matured", "closed")),
            Column("next_due_on", DAY, "Next instalment due on", "下次还款日", "C2", current=True),
            Column("next_due_amount", D, "Next instalment, yuan", "下次还款额", "C2", current=True),
        ),
        at="opened_on", until="closed_on",
    ),
    Subject(
        "balance", "Balance", "余额", "What a holding was worth at the end of a day; owner only",
        Time.EVENT, ("holding_id", "balance_on"),
        (
            _customer(),
            Column("holding_id", T, "Account or contract", "账户编号", "C2", True,
                   references="holding.holding_id"),
            Column("line", T, "Business line", "业务条线", required=True, values=LINES),
            Column("balance_on", DAY, "Day", "日期", required=True),
            Column("amount", D, "Balance, yuan", "余额", "C2", True),
        ),
        at="balance_on",
    ),
    Subject(
        "txn", "Transaction", "交易", "A movement of money; belongs to the owner", Time.EVENT,
        ("txn_id",),
        (
            Column("txn_id", T, "Transaction number", "交易号", "C2", True),
            _customer(),
            Column("holding_id", T, "Account", "账户编号", "C2", references="holding.holding_id"),
            Column("occurred_at", TS, "When", "交易时间", required=True),
            Column("direction", T, "In or out", "方向", required=True, values=("in", "out")),
            Column("amount", D, "Amount, yuan, positive", "金额", "C2", True),
            Column("kind", T, "What for", "交易类型",
                   values=("transfer", "cash", "payroll", "purchase", "collection", "wealth_buy",
                           "wealth_redeem", "loan_payout", "repayment", "interest", "fee", "other")),
            Column("channel", T, "Through", "交易渠道",
                   values=("app", "web", "counter", "atm", "pos", "wechat", "auto", "other")),
            Column("counterparty", T, "Other side", "对手类型", "C2",
                   values=("own_other_bank", "person", "company", "merchant", "bank")),
            Column("category", T, "Spending category", "消费类别", "C2"),
            Column("recorded_at", TS, "When the bank's books had it", "记账时间"),
        ),
        at="occurred_at", known="recorded_at",
    ),
    Subject(
        "event", "Behaviour", "行为", "Something the customer did, other than moving money",
        Time.EVENT, ("event_id",),
        (
            Column("event_id", T, "Event number", "事件号", "C2", True),
            _customer(),
            Column("occurred_at", TS, "When", "发生时间", required=True),
            Column("channel", T, "Where", "渠道", required=True,
                   values=("app", "web", "official_account", "counter")),
            Column("action", T, "What", "行为", required=True,
                   values=("login", "view", "click", "apply", "submit", "visit", "complain")),
            Column("object", T, "Product line or page it was about", "对象", "C2"),
            Column("product_id", T, "Product", "产品", references="product.product_id"),
        ),
        at="occurred_at",
    ),
    Subject(
        "referral", "Referral", "推荐", "A customer brought another one", Time.EVENT,
        ("referral_id",),
        (
            Column("referral_id", T, "Referral number", "推荐号", required=True),
            _customer("Who recommended", "推荐人"),
            Column("referred_id", T, "Who was recommended", "被推荐人", "C2",
                   references="customer.customer_id"),
            Column("referred_at", TS, "When", "推荐时间", required=True),
            Column("opened", B, "An account was opened", "已开户", current=True),
            Column("reward", D, "Reward paid, yuan", "奖励", current=True),
            Column("chain_length", I, "Recommendations in a row that led here, 1 is the first", "推荐链层级"),
            Column("same_device", B, "Both used one device or document: perhaps one person", "疑似本人推荐",
                   "C2"),
        ),
        at="referred_at",
    ),
    Subject(
        "risk_assessment", "Risk assessment", "风险测评", "How much risk a customer may take",
        Time.EVENT, ("customer_id", "assessed_on"),
        (
            _customer(),
            Column("assessed_on", DAY, "Assessed on", "测评日", required=True),
            Column("level", I, "C1 to C5 as 1 to 5", "风险承受等级", "C2", True),
            Column("expires_on", DAY, "Valid to, inclusive", "有效期至"),
        ),
        at="assessed_on",
    ),
    Subject(
        "consent", "Consent", "授权", "What a customer allowed or refused, latest word counts",
        Time.EVENT, ("consent_id",),
        (
            Column("consent_id", T, "Number of the record", "记录号", required=True),
            _customer(),
            Column("channel", T, "Channel, or all", "渠道", "C2", True, (*CHANNELS, "all")),
            Column("purpose", T, "Marketing, or marketing decided by machine", "用途", "C2", True,
                   ("marketing", "automated_marketing")),
            Column("granted", B, "Allowed (true) or refused (false)", "是否同意", "C2", True),
            Column("recorded_at", TS, "When", "记录时间", required=True),
        ),
        at="recorded_at", store="ledger",
    ),
    Subject(
        "target", "Target", "指标", "What a manager should reach in a period", Time.PERIOD,
        ("manager_id", "measure", "valid_from"),
        (
            Column("manager_id", T, "Manager", "客户经理", "C2", True,
                   references="manager.manager_id"),
            Column("measure", T, "Measure", "指标名", required=True),
            Column("valid_from", DAY, "From", "起始日", required=True),
            Column("valid_to", DAY, "To", "终止日"),
            Column("amount", D, "Target value", "目标值", required=True),
        ),
        at="valid_from", until="valid_to", owner="manager_id",
    ),
    Subject(
        "manager_performance", "Performance", "业绩", "What a manager reached on a day", Time.EVENT,
        ("manager_id", "measure", "performed_on"),
        (
            Column("manager_id", T, "Manager", "客户经理", "C2", True,
                   references="manager.manager_id"),
            Column("measure", T, "Measure", "指标名", required=True),
            Column("performed_on", DAY, "Day", "日期", required=True),
            Column("amount", D, "Value reached", "完成值", required=True),
        ),
        at="performed_on", owner="manager_id",
    ),
    Subject(
        "external", "External data", "外部数据", "Bought or public data, with its licence",
        Time.PERIOD, ("customer_id", "source", "measure", "obtained_on"),
        (
            _customer(),
            Column("source", T, "Where it comes from", "来源", required=True),
            Column("licence", T, "What it may be used for", "许可", required=True),
            Column("measure", T, "Measure", "指标名", required=True),
            Column("value", T, "Value", "取值", "C2"),
            Column("obtained_on", DAY, "Obtained on", "获取日", required=True),
            Column("expires_on", DAY, "Not to be used after", "到期日"),
        ),
        at="obtained_on", until="expires_on",
    ),
    Subject(
        "contact", "Contact", "触达", "The bank spoke to a customer", Time.EVENT, ("contact_id",),
        (
            Column("contact_id", T, "Number of the contact", "触达号", required=True),
            _customer(),
            Column("channel", T, "Channel", "渠道", required=True, values=CHANNELS),
            Column("contacted_on", DAY, "Contact date", "触达日期", required=True),
            Column("strategy", T, "Strategy, if any", "策略"),
            Column("outcome", T, "What came back", "结果", "C2", current=True,
                   values=("delivered", "answered", "clicked", "accepted", "refused", "failed")),
        ),
        at="contacted_on", store="ledger",
    ),
    Subject(
        "mark", "Mark", "标记", "A strategy marked the customer, which is seen from the next day on",
        Time.EVENT, ("mark_id",),
        (
            Column("mark_id", T, "Number of the mark", "标记号", required=True),
            _customer(),
            Column("name", T, "What the strategy calls it", "标记名", required=True),
            Column("marked_on", DAY, "Day as of which the strategy marked", "标记日", required=True),
            Column("strategy", T, "Strategy", "策略", required=True),
        ),
        at="marked_on", store="ledger",
    ),
    Subject(
        "receipt", "Receipt", "回执", "What a channel or manager reported about a lead", Time.EVENT,
        ("receipt_id",),
        (
            Column("receipt_id", T, "Number of the receipt", "回执号", required=True),
            Column("lead_id", T, "Lead", "线索号", required=True),
            Column("outcome", T, "What came back", "结果", "C2", True,
                   ("delivered", "answered", "clicked", "accepted", "refused", "failed")),
            Column("occurred_at", TS, "When", "时间", required=True),
        ),
        at="occurred_at", owner=None, store="ledger",
    ),
    Subject(
        "contact_details", "Contact details", "联系方式", "Names and numbers; kept in the vault only",
        Time.CURRENT, ("customer_id",),
        (
            _customer(),
            Column("name", T, "Name", "姓名", "C3"),
            Column("phone", T, "Mobile number", "手机号", "C3"),
            Column("email", T, "E-mail address", "电子邮箱", "C3"),
            Column("document_number", T, "Identity document", "证件号", "C3"),
            Column("app_token", T, "Push token of the app", "推送标识", "C3"),
            Column("official_account_id", T, "Follower id of the official account", "公众号标识", "C3"),
        ),
        store="vault",
    ),
)  # fmt: skip

SUBJECTS: dict[str, Subject] = {subject.name: subject for subject in _DECLARED}

DELIVERED = tuple(name for name in SUBJECTS if name != "mark")
"""Subjects that a bank may deliver; marks are made by its strategies alone."""


def subject(name: str) -> Subject:
    """The subject called `name`.

    Examples
    --------
    >>> subject("txn").at
    'occurred_at'
    """
    if name not in SUBJECTS:
        raise unknown_name("subject", name, SUBJECTS, "List them with list(jk.SUBJECTS).")
    return SUBJECTS[name]
