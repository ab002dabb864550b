"""English and Chinese words for what reports, files and mails show."""

from __future__ import annotations

from typing import Literal, cast, get_args

from journeykit.errors import SettingsError, unknown_name

Language = Literal["en", "zh"]

LABELS: dict[str, tuple[str, str]] = {
    # vocabulary
    "as_of": ("As of", "数据日期"),
    "contact_date": ("Contact date", "联系日期"),
    "run": ("Run", "运行编号"),
    "build": ("Tag build", "标签版本"),
    "demo": ("demo", "演示"),
    "strategy": ("Strategy", "策略"),
    "stage": ("Stage", "阶段"),
    "channel": ("Channel", "渠道"),
    "branch": ("Branch", "网点"),
    "manager": ("Manager", "客户经理"),
    "reason": ("Reason", "原因"),
    "state": ("State", "状态"),
    "arm": ("Group", "组别"),
    "tag": ("Tag", "标签"),
    "offer": ("Offer", "权益"),
    "customer": ("Customer", "客户"),
    "customers": ("Customers", "客户数"),
    "candidates": ("Candidates", "候选"),
    "leads": ("Leads", "线索"),
    "drops": ("Drops", "剔除"),
    "delivered": ("Delivered", "已交付"),
    "failed": ("Failed", "交付失败"),
    "pending": ("Pending", "待交付"),
    "enrolled": ("Enrolled", "入组"),
    "active": ("Active", "在途"),
    "exited": ("Exited", "已退出"),
    "capacity": ("Capacity", "容量"),
    "used": ("Used", "已用"),
    "free": ("Free", "剩余"),
    "share": ("Share", "占比"),
    "count": ("Count", "数量"),
    "total": ("Total", "合计"),
    "file": ("File", "文件"),
    "rows": ("Rows", "行数"),
    "none": ("none", "无"),
    "unlimited": ("no limit", "不限"),
    # pages and mails
    "report.footer": (
        "Made by journeykit. Customers appear here only as counts; groups too small to show are withheld.",
        "由 journeykit 生成。本报告只含客户统计数，人数过少的分组不单独列示。",
    ),
    # work lists
    "list.customer": ("Customer", "客户"),
    "list.customer_number": ("Customer number", "客户编号"),
    "list.phone": ("Phone", "电话"),
    "list.app_token": ("App token", "手机银行标识"),
    "list.official_account_id": ("Official account", "公众号标识"),
    "list.strategy": ("Strategy", "策略"),
    "list.offer": ("Offer", "权益"),
    "list.say": ("What to say", "沟通要点"),
    "list.due": ("Due", "截止日期"),
    "list.lead_number": ("Lead number", "线索编号"),
    "list.result": ("Result", "跟进结果"),
    "list.remark": ("Remark", "备注"),
    # lifecycle stages
    "stage.acquire": ("Acquire", "获客"),
    "stage.activate": ("Activate", "活客"),
    "stage.retain": ("Retain", "留客"),
    # experiment arms and enrolment states
    "arm.treatment": ("Treatment", "策略组"),
    "arm.control": ("Control", "对照组"),
    "state.active": ("Active", "在途"),
    "state.exited": ("Exited", "已退出"),
    "state.pending": ("Pending", "待交付"),
    "state.delivered": ("Delivered", "已交付"),
    "state.failed": ("Failed", "交付失败"),
    # why an enrolment ended
    "exit.goal": ("Goal reached", "达成目标"),
    "exit.expired": ("Goal window over", "目标期已过"),
    "exit.exit_rule": ("Exit rule met", "触发退出规则"),
    "exit.finished": ("Came to an exit", "流程结束"),
    # why a candidate was dropped, or a lead could not be delivered
    "reason.no_consent": ("No consent for this channel", "未授权该渠道"),
    "reason.refused_automated": ("Refused automated marketing", "拒绝自动化营销"),
    "reason.unsuitable": ("Offer above assessed risk level", "产品风险与客户不匹配"),
    "reason.offer_expired": ("Offer not valid on the contact date", "权益不在有效期"),
    "reason.no_contact_data": ("No contact details for this channel", "缺少该渠道联系方式"),
    "reason.no_manager": ("No manager in charge", "无管户客户经理"),
    "reason.no_branch": ("No branch known", "无归属网点"),
    "reason.manager_capacity": ("Manager's day is full", "客户经理当日容量已满"),
    "reason.channel_capacity": ("Channel's day is full", "渠道当日容量已满"),
    "reason.better_offer": ("Another offer was worth more", "有价值更高的权益"),
    "reason.contacted_today": ("Already contacted that day", "当日已有联系"),
}


def label(key: str, language: str) -> str:
    """The words for `key` in English or Chinese.

    Examples
    --------
    >>> label("reason.no_consent", "zh")
    '未授权该渠道'
    """
    if key not in LABELS:
        raise unknown_name("label", key, LABELS, "Add it to journeykit/i18n.py in both languages.")
    return in_language(language, *LABELS[key])


def in_language(language: str, english: str, chinese: str) -> str:
    """Whichever of two texts is in `language`; English when there is no Chinese one.

    Examples
    --------
    >>> in_language("zh", "Idle inflow", "闲置资金")
    '闲置资金'
    """
    return chinese or english if checked_language(language) == "zh" else english or chinese


def checked_language(language: str) -> Language:
    """`language` itself when it is one we speak.

    Raises
    ------
    SettingsError
        Neither ``en`` nor ``zh``.
    """
    if language not in get_args(Language):
        raise SettingsError(f"Unknown language '{language}'. Use one of: {', '.join(get_args(Language))}.")
    return cast("Language", language)
