"""Words for the values and units of tags, in English and Chinese."""

from __future__ import annotations

from journeykit.i18n import in_language
from journeykit.tags.tag import Attribute, Tag

UNITS: dict[str, tuple[str, str]] = {
    "yuan": ("yuan", "元"),
    "times": ("times", "次"),
    "days": ("days", "天"),
    "people": ("people", "人"),
    "holdings": ("holdings", "笔"),
    "customers": ("customers", "户"),
    "level": ("level", "级"),
    "years": ("years", "年"),
    "years_of_age": ("years", "岁"),
    "leads": ("leads", "条"),
    "targets": ("targets", "项"),
    "lines": ("lines", "条线"),
    "products": ("products", "个"),
    "measures": ("measures", "项"),
    "businesses": ("businesses", "家"),
    "place": ("place", "名次"),
    "referrals": ("referrals", "次"),
    "channels": ("channels", "个渠道"),
    "groups": ("groups", "个客群"),
    "points": ("points", "分"),
    "code": ("code", "代码"),
    "sources": ("sources", "个来源"),
    "values": ("values", "个取值"),
    "hour": ("hour", "时"),
}
"""What tags are counted in, in English and Chinese."""

VALUES: dict[str, str] = {
    "female": "女", "male": "男", "single": "未婚", "married": "已婚", "divorced": "离异",
    "widowed": "丧偶", "personal": "个人客户", "micro_business": "小微企业", "prospect": "潜在客户",
    "city": "城区", "town": "乡镇", "village": "村", "branch": "网点", "referral": "推荐",
    "payroll": "代发工资", "app": "手机银行", "official_account": "公众号", "merchant": "商户",
    "web": "网上银行", "counter": "柜面", "atm": "自助设备", "pos": "POS 刷卡", "wechat": "微信",
    "auto": "自动", "other": "其他", "sms": "短信", "outbound_call": "外呼", "app_push": "手机银行推送",
    "mobile_sales": "移动营销", "wecom": "企业微信", "delivered": "已送达", "failed": "失败",
    "answered": "已接听", "clicked": "已点击", "accepted": "已接受", "refused": "已拒绝", "none": "无",
    "high": "高", "medium": "中", "low": "低", "up": "上升", "down": "下降", "same": "不变",
    "growing": "增长", "declining": "下降", "steady": "平稳", "stable": "稳定", "overdue": "逾期",
    "on_time": "按时", "no_debt": "无负债", "digital": "线上", "offline": "线下",
    "both": "线上线下均有", "new": "新客户", "mature": "成熟期", "dormant": "睡眠", "lost": "流失",
    "won_back": "挽回", "at_risk": "流失风险", "loyal": "忠诚", "champions": "重要价值",
    "promising": "有潜力", "hibernating": "沉睡", "big_spenders": "高消费", "farmer": "农户",
    "new_citizen": "新市民", "silver_haired": "银发客户", "long_tail": "长尾", "basic": "基础",
    "gold": "黄金", "platinum": "白金", "diamond": "钻石", "private": "私人银行", "ordinary": "普通",
    "balanced": "平衡型", "aggressive": "进取型", "not_yet": "尚无", "under_18": "18 岁以下",
    "18_34": "18–34 岁", "35_49": "35–49 岁", "50_59": "50–59 岁", "60_plus": "60 岁及以上",
    "under_10k": "1 万元以下", "10k_50k": "1–5 万元", "50k_200k": "5–20 万元",
    "200k_500k": "20–50 万元", "500k_1m": "50–100 万元", "1m_plus": "100 万元及以上",
    # of the mart's columns
    "in": "转入", "out": "转出", "transfer": "转账", "cash": "存取现金", "purchase": "消费",
    "collection": "商户收款", "wealth_buy": "购买理财", "wealth_redeem": "赎回理财", "loan_payout": "放款",
    "repayment": "还款", "interest": "结息", "fee": "手续费", "own_other_bank": "本人他行账户",
    "person": "个人", "company": "企业", "bank": "银行", "deposit": "存款", "loan": "贷款",
    "wealth": "理财", "card": "银行卡", "payment": "支付", "e_banking": "电子银行", "login": "登录",
    "view": "浏览", "click": "点击", "apply": "申请", "submit": "提交", "visit": "到访",
    "complain": "投诉", "household": "家庭成员", "employer": "雇主", "guarantor": "担保人",
    "legal_representative": "法定代表人", "owner": "所有者", "active": "正常", "matured": "已到期",
    "closed": "已销户", "demand": "活期", "term": "定期", "fund": "基金", "debit_card": "借记卡",
    "credit_card": "信用卡", "social_security_card": "社会保障卡", "business_loan": "经营贷款",
    "consumer_loan": "消费贷款", "mortgage": "住房按揭贷款", "farm_loan": "农户贷款",
    "all": "全部", "marketing": "营销", "automated_marketing": "自动化营销",
    # what banks write into the columns whose values they choose themselves
    "retail": "零售", "catering": "餐饮", "planting": "种植", "breeding": "养殖", "transport": "运输",
    "construction": "建筑", "manufacturing": "制造", "household_services": "居民服务",
    "factory_worker": "工人", "teacher": "教师", "civil_servant": "公务员", "self_employed": "自营",
    "driver": "司机", "nurse": "护士", "construction_worker": "建筑工人", "retired": "退休",
    "student": "学生", "office_worker": "职员", "shop_keeper": "店主", "primary": "小学",
    "junior_secondary": "初中", "senior_secondary": "高中", "college": "大专", "bachelor": "本科",
    "master": "硕士", "groceries": "日用百货", "dining": "餐饮消费", "utilities": "水电燃气",
    "account": "账户",
}  # fmt: skip
"""What declared values of the library and of the mart mean in Chinese."""

ENGLISH: dict[str, str] = {
    "own_other_bank": "own account at another bank", "wealth_buy": "purchase of wealth products",
    "wealth_redeem": "redemption of wealth products", "loan_payout": "loan paid out",
    "e_banking": "e-banking", "app_push": "app notification", "sms": "text message",
    "outbound_call": "phone call", "official_account": "official account", "mobile_sales": "manager's app",
    "pos": "card terminal", "atm": "ATM", "micro_business": "micro business",
}  # fmt: skip
"""Those that do not speak for themselves in English."""

ONE: dict[str, str] = {
    "times": "time", "days": "day", "people": "person", "holdings": "holding", "customers": "customer",
    "years": "year", "years_of_age": "year", "leads": "lead", "targets": "target", "lines": "line",
    "products": "product", "measures": "measure", "businesses": "business", "referrals": "referral",
    "channels": "channel", "groups": "group", "points": "point", "sources": "source", "values": "value",
}  # fmt: skip
"""What one of a unit is called in English."""


def say_value(value: str, language: str) -> str:
    """The word for a value of a tag; the value itself where there is none.

    Examples
    --------
    >>> say_value("married", "zh"), say_value("married", "en"), say_value("skier", "zh")
    ('已婚', 'married', 'skier')
    """
    return in_language(language, ENGLISH.get(value, value), VALUES.get(value, value))


def unit_of(tag: Tag, language: str, *, one: bool = False) -> str:
    """The word for a tag's unit, or for `one` of it; the unit itself where there is none.

    Years of age have their own in Chinese.

    Examples
    --------
    >>> from journeykit.tags.library import LIBRARY
    >>> [unit_of(tag, "zh") for tag in LIBRARY if tag.name in ("age", "aum", "gender")]
    ['', '岁', '元']
    """
    born = isinstance(tag.compute, Attribute) and tag.compute.column == "birth_date"
    unit = "years_of_age" if tag.unit == "years" and born else tag.unit
    english, chinese = UNITS.get(unit, (unit, unit))
    return in_language(language, ONE.get(unit, english) if one else english, chinese)
