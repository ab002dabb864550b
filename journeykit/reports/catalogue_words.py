"""The words of the catalogue page, in English and Chinese."""

from __future__ import annotations

from journeykit.i18n import in_language
from journeykit.tags.words import UNITS

WORDS: dict[str, tuple[str, str]] = {
    "title": ("Tag catalogue", "标签目录"),
    "about": (
        "Every tag that segments and strategies can use: what it means, where it comes from, who answers for "
        "it, and how it stands in the latest build.",
        "客群与策略可用的全部标签：含义、来源、责任部门，以及在最新一次生成中的情况。",
    ),
    "as_of": ("As of", "数据日期"),
    "build": ("Build", "标签版本"),
    "not_built": ("not built yet", "尚未生成"),
    "compared": ("Compared with", "对比日期"),
    "tags": ("Tags", "标签"),
    "families": ("Families", "标签族"),
    "customers": ("Customers", "客户数"),
    "changed_count": ("Changed", "分布已变化"),
    "watch_count": ("To watch", "需关注"),
    "unavailable_count": ("Cannot be built", "无法生成"),
    "search": ("Search names, titles, descriptions …", "搜索名称、标题、说明……"),
    "found": ("tags found", "个标签符合"),
    "drift": ("Drift", "分布稳定性"),
    "drift.section": ("Tags whose values have moved", "分布发生变化的标签"),
    "drift.note": (
        "Population stability index (PSI) against the earlier snapshot: from 0.10 on to be watched, from "
        "0.25 on another population (Siddiqi, Credit Risk Scorecards, 2006).",
        "与上一快照相比的群体稳定性指标（PSI）：0.10 起需关注，0.25 起视为群体已变化"
        "（Siddiqi，Credit Risk Scorecards，2006）。",
    ),
    "drift.none": ("No tag has moved that far.", "没有标签达到上述阈值。"),
    "stable": ("stable", "稳定"),
    "watch": ("watch", "关注"),
    "changed": ("changed", "已变化"),
    "new": ("new", "新增"),
    "unavailable.section": ("Tags that cannot be built", "无法生成的标签"),
    "unavailable.note": (
        "What these tags miss: a column that the bank's mapping declares absent, or a model not trained "
        "yet. The next build has them as soon as it is there.",
        "下列标签缺少所需内容：银行数据映射声明缺失的字段，或尚未训练的模型；补齐后，下一次生成即包含该标签。",
    ),
    "unavailable": ("cannot be built: no {}", "无法生成：缺少 {}"),
    "missing_column": ("Missing", "缺少"),
    "tag": ("Tag", "标签"),
    "coverage": ("Coverage", "覆盖率"),
    "spread": ("Distribution", "分布"),
    "no_value": ("no value", "无值"),
    "other": ("others", "其他"),
    "withheld": (
        "• stands for a share that is not shown: fewer than {} customers, or needed to compute such a group.",
        "“•”表示不予列示：该组客户数少于 {}，或可据以推算出此类分组。",
    ),
    "days_before": ("days before as_of", "数据日期前天数"),
    "reads": ("Reads", "读取字段"),
    "newest": ("newest {}", "最新 {}"),
    "no_model": ("model {}", "模型 {}"),
    "uses": ("Made from", "依赖标签"),
    "used_by": ("Used by", "被引用标签"),
    "strategies": ("Strategies", "使用策略"),
    "segments": ("Segments", "使用客群"),
    "model": ("Model", "模型"),
    "and_more": ("and {} more", "等另外 {} 个"),
    "values": ("Values", "取值"),
    "formula": ("Formula", "公式"),
    "owner": ("Owner", "责任部门"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "index": ("PSI", "PSI"),
    "verdict": ("Verdict", "结论"),
    "footer": (
        "Made by journeykit. Customers appear here only as shares; groups too small to show are withheld.",
        "由 journeykit 生成。本页只含客户占比，人数过少的分组不予列示。",
    ),
    "type.text": ("text", "文本"),
    "type.integer": ("whole number", "整数"),
    "type.decimal": ("amount", "金额小数"),
    "type.rate": ("ratio", "比率"),
    "type.boolean": ("yes or no", "是否"),
    "type.date": ("date", "日期"),
    "type.timestamp": ("time", "时间"),
    "kind.attribute": ("attribute", "属性"),
    "kind.aggregate": ("aggregate", "汇总"),
    "kind.formula": ("formula", "公式"),
    "kind.ranking": ("ranking", "排名"),
    "kind.score": ("model score", "模型评分"),
    **{f"unit.{name}": words for name, words in UNITS.items()},
    "owner.Retail banking": ("Retail banking", "零售银行部"),
    "owner.Wealth management": ("Wealth management", "财富管理部"),
    "owner.Digital banking": ("Digital banking", "数字银行部"),
    "owner.Marketing": ("Marketing", "市场营销部"),
    "owner.Credit": ("Credit", "信贷部"),
    "owner.Channel management": ("Channel management", "渠道管理部"),
    "owner.Customer relationship management": ("Customer relationship management", "客户关系管理部"),
    "owner.Corporate and payroll": ("Corporate and payroll", "公司与代发业务部"),
    "owner.Risk management": ("Risk management", "风险管理部"),
    "owner.Data management": ("Data management", "数据管理部"),
    "owner.Data science": ("Data science", "数据科学团队"),
    "owner.Card centre": ("Card centre", "银行卡中心"),
    "owner.Payment and merchants": ("Payment and merchants", "支付与商户部"),
    "family.identity": ("Identity", "客户身份"),
    "family.region": ("Region", "区域"),
    "family.household": ("Household", "家庭关系"),
    "family.manager": ("Manager relationship", "客户经理关系"),
    "family.lines": ("Business lines", "业务条线"),
    "family.assets": ("Assets", "管理资产"),
    "family.tiers": ("Asset tiers", "资产等级"),
    "family.balances": ("Balances and trends", "余额与趋势"),
    "family.maturities": ("Deposits and maturities", "存款与到期"),
    "family.credit": ("Credit", "授信"),
    "family.repayment": ("Loans and repayment", "贷款与还款"),
    "family.wealth": ("Wealth and funds", "理财与基金"),
    "family.cards": ("Cards", "银行卡"),
    "family.merchants": ("Merchant collection", "商户收单"),
    "family.payroll": ("Payroll", "代发工资"),
    "family.flows": ("Flows", "资金流动"),
    "family.channels": ("Channel preference", "渠道偏好"),
    "family.behaviour": ("App behaviour", "线上行为"),
    "family.risk": ("Risk appetite", "风险偏好"),
    "family.life_stage": ("Life stage", "生命周期"),
    "family.groups": ("Customer groups", "客群"),
    "family.rfm": ("Recency, frequency, money", "RFM 评分"),
    "family.contacts": ("Contact history", "触达历史"),
    "family.referrals": ("Referrals", "客户转介"),
    "family.propensities": ("Propensities", "倾向评分"),
    "family.external": ("External data", "外部数据"),
    "family.own": ("Own tags", "自定义标签"),
}


def say(key: str, language: str) -> str:
    """The words for `key`; a family, unit or owner that has none speaks for itself.

    Examples
    --------
    >>> say("watch", "zh"), say("family.snow_sports", "zh"), say("unit.skis", "en")
    ('关注', 'Snow sports', 'skis')
    """
    kind, _, name = key.partition(".")
    if key not in WORDS and kind in ("family", "unit", "owner"):
        return name.replace("_", " ").capitalize() if kind == "family" else name
    return in_language(language, *WORDS[key])
