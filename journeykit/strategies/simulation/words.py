"""The words of a simulation, in English and Chinese; `{…}` is what is filled in."""

from __future__ import annotations

from typing import Any

from journeykit.i18n import in_language, label

WORDS: dict[str, tuple[str, str]] = {
    "title": (
        "{strategy}: the {days} days from {first} on, as simulated",
        "{strategy}：自{first}起{days}天模拟结果",
    ),
    "figure": ("Figure", "指标"),
    "expected": ("Expected", "预计"),
    "band": ("90% band", "90%区间"),
    "entered": ("Customers who enter", "入组客户"),
    "treatment": ("of them treated", "其中策略组"),
    "control": ("of them control", "其中对照组"),
    "contacts": ("Contacts", "触达次数"),
    "goal.treatment": ("Goal reached, treated", "达成目标（策略组）"),
    "goal.control": ("Goal reached, control", "达成目标（对照组）"),
    "cost": ("Cost, yuan", "成本（元）"),
    "nodes": ("People at each node", "各节点人数"),
    "node": ("Node", "节点"),
    "arrived": ("Arrive", "到达"),
    "most": ("Most at once", "最多滞留"),
    "at_last": ("On the last day", "末日滞留"),
    "leads": ("Contacts", "触达"),
    "channels": ("Messages by channel", "各渠道触达量"),
    "busiest": ("Busiest day", "最忙日期"),
    "peak": ("Contacts that day", "当日触达"),
    "capacity": ("Capacity a day", "日容量"),
    "managers": ("The busiest managers", "最繁忙的客户经理"),
    "drops": ("Why people are not contacted", "未触达原因"),
    "people": ("People", "人数"),
    "queued": ("Others, contacted later", "另有：排队后已触达"),
    "left": ("Why people leave", "退出原因"),
    "rivals": ("Live strategies that want the same customers", "与在用策略的重叠"),
    "both": ("Contacted by both", "双方均触达"),
    "same_day": ("Wanted on the same day", "同日冲突"),
    "ours": ("This one wins", "本策略优先"),
    "theirs": ("The live one wins", "在用策略优先"),
    "manager": ("Manager", "客户经理"),
    "channel": ("Channel", "渠道"),
    "strategy": ("Strategy", "策略"),
    "why": ("Reason", "原因"),
    "share": ("Full", "占用"),
    "bands": (
        "A band is what nine of ten repetitions would bring, given that the days ahead are as those behind: "
        "it holds chance, the ups and downs of days and weeks, and how far a rate of answers may be off. It "
        "holds no change of the market, and neither the choice of the weeks behind nor a wrong assumption. "
        "Only what the first day brings is certain, as who enters on it; what comes later has a width, also "
        "where the assumptions take people's situation as it is today.",
        "90%区间：若未来各日与历史同期相当，十次中约有九次落在其中；已计入随机波动、日与周的起伏以及响应率误差，"
        "未计入市场变化、所选历史时段的特殊性与假设本身的偏差。只有首日结果（如首日入组）是确定的；此后各日均有区间，即使假设客户情况不变亦然。",
    ),
    "assumptions": ("What this rests on", "本模拟的假设"),
    "path": ("{customer} in {strategy}, day by day", "客户{customer}在{strategy}中的逐日路径"),
    "day": ("Day", "日期"),
    "since": ("Since", "自"),
    "what": ("What happens", "事项"),
    "stands": ("Stands at", "所在节点"),
    "enters": ("enters as {arm}", "入组：{arm}"),
    "arm.treatment": ("treatment", "策略组"),
    "arm.control": ("control", "对照组"),
    "lead": ("{node}: contact on {day}", "{node}：{day}触达"),
    "drop": ("{node}: not contacted ({reason})", "{node}：未触达（{reason}）"),
    "goes_by": ("{node}: {way}", "{node}：{way}"),
    "over": ("{node}: over", "{node}：期满"),
    "waits": ("nothing: stays", "无变化"),
    "until": ("{first} to {last}", "{first}至{last}"),
    "leaves": ("leaves: {reason}", "退出：{reason}"),
    "left.goal": ("goal reached", "达成目标"),
    "left.answer": ("goal reached; that this customer answers a contact is drawn by lot",
                    "达成目标（该客户是否响应触达由抽签模拟）"),
    "left.expired": ("the goal's days are over", "目标期满"),
    "left.exit_rule": ("exit rule", "满足退出条件"),
    "left.finished": ("path finished", "路径结束"),
    "left.blocked": ("cannot be reached", "无法触达"),
    "left.ended": ("strategy ended", "策略终止"),
    "left.replaced": ("version replaced", "版本替换"),
    "node.end": ("end of the path", "路径终点"),
    "node.control": ("control group", "对照组"),
    "flow": ("Where people go", "客户流向"),
    "load": ("Contacts on each day", "每日触达量"),
    "chart.enter": ("enter", "入组"),
    "chart.blocked": ("not reached", "未触达"),
}  # fmt: skip


def say(key: str, language: str, **filled: Any) -> str:
    """Words in a language, filled in."""
    return in_language(language, *WORDS[key]).format(**filled)


def say_reason(reason: str, language: str) -> str:
    """Why somebody was dropped."""
    return label(f"reason.{reason}", language)
