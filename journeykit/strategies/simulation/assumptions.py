"""What a simulation takes for granted, each by a name and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from journeykit.i18n import in_language
from journeykit.strategies.simulation.calendar import SimulatedDay
from journeykit.strategies.simulation.reacting import ANSWER_DAYS, Rate


@dataclass(frozen=True)
class Assumed:
    """One assumption."""

    name: str
    text: str
    text_zh: str

    def say(self, language: str = "en") -> str:
        """It, in a language."""
        return in_language(language, self.text, self.text_zh)


def assumptions_of(
    days: tuple[SimulatedDay, ...], rates: Iterable[Rate], live: int, rival_leads: int
) -> tuple[Assumed, ...]:
    """Everything a simulation of these days rests on.

    Parameters
    ----------
    live : int
        How many other strategies are live.
    rival_leads : int
        How many leads they had on the days behind.
    """
    return (
        *_about_history(days),
        *(_about_rate(rate) for rate in rates),
        Assumed(
            "answers",
            f"Who answers a contact reaches the goal within {ANSWER_DAYS} days of it, evenly; and behaves "
            "until then as if nobody had spoken to him.",
            f"响应客户在触达后{ANSWER_DAYS}天内达成目标，按天均匀分布；此前行为不受触达影响。",
        ),
        Assumed(
            "today",
            "Consent, contact details, risk assessments, managers and capacities stay as they are today.",
            "授权、联系方式、风险测评、客户经理与容量均按当前情况。",
        ),
        Assumed(
            "empty",
            "Nobody is in the strategy when it starts.",
            "策略启动时无在途客户。",
        ),
        _about_rivals(live, rival_leads),
    )


def _about_history(days: tuple[SimulatedDay, ...]) -> Iterator[Assumed]:
    first, last = days[0], days[-1]
    weeks = (first.as_of - first.past).days // 7
    yield Assumed(
        "history",
        f"The days ahead, {first.as_of} to {last.as_of}, go as those {weeks} weeks earlier, {first.past} to "
        f"{last.past}; only the number of customers on the first day is today's.",
        f"未来（{first.as_of}至{last.as_of}）与{weeks}周前（{first.past}至{last.past}）情况相同；"
        "首日客户数按当前实际。",
    )
    used = {day.snapshot for day in days}
    if len(used) == 1:
        (only,) = used
        yield Assumed(
            "one_snapshot",
            f"There is only one snapshot, of {only}: after the first day nobody enters and nobody's "
            "situation changes. Make those of earlier days with: journeykit tags backfill --from DATE "
            "--to DATE",
            f"仅有{only}一份标签快照：首日之后无新客户入组，客户情况不变。"
            "可用 journeykit tags backfill --from 日期 --to 日期 补生成历史标签。",
        )
        return
    missing = [day for day in days if day.missing]
    if missing:
        listed = ", ".join(f"{day.past} by {day.snapshot}" for day in missing[:5])
        more = " …" if len(missing) > 5 else ""
        listed_zh = "、".join(f"{day.past}用{day.snapshot}" for day in missing[:5])
        yield Assumed(
            "missing_snapshots",
            f"{len(missing)} of {len(days)} days behind have no snapshot with all that the strategy asks "
            f"for, and are judged by the nearest: {listed}{more}.",
            f"{len(days)}天中有{len(missing)}天缺少可用快照，以最近日期代替：{listed_zh}{more}。",
        )


def _about_rate(rate: Rate) -> Assumed:
    where = f"{rate.offer} through {rate.channel}"
    if rate.leads:
        said = f"as of {rate.leads:,} delivered leads"
        said_zh = f"依据{rate.leads:,}条已交付线索"
    else:
        said, said_zh = "as the offer expects", "按权益预设"
    return Assumed(
        f"rate {rate.offer} {rate.channel}",
        f"{rate.share:.1%} of contacts with {where} lead to the goal, {said}.",
        f"{rate.offer}经{rate.channel}触达的目标转化率为{rate.share:.1%}（{said_zh}）。",
    )


def _about_rivals(live: int, leads: int) -> Assumed:
    if leads:
        return Assumed(
            "live",
            f"The {live} other live strategies want the {leads:,} leads again that they had on the days "
            "behind.",
            f"其他{live}个在用策略按历史同期的{leads:,}条线索参与竞争。",
        )
    return Assumed(
        "live",
        f"The {live} other live strategies had no leads on the days behind: all capacity is free."
        if live
        else "No other strategy is live: all capacity is free.",
        f"其他{live}个在用策略历史同期无线索，容量全部可用。" if live else "无其他在用策略，容量全部可用。",
    )
