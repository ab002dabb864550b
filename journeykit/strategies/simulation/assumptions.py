"""What a simulation takes for granted, each by a name and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from journeykit.i18n import in_language
from journeykit.strategies.offers import Offer
from journeykit.strategies.simulation.calendar import SimulatedDay
from journeykit.strategies.simulation.reacting import ANSWER_DAYS, GUESS_OFF, Rate
from journeykit.strategies.simulation.standing import Standing
from journeykit.strategies.telling import Teller


@dataclass(frozen=True)
class Live:
    """How many other strategies are live, and how many leads they had on the days behind."""

    strategies: int
    leads: int


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
    days: tuple[SimulatedDay, ...],
    people: Standing,
    alone: int,
    live: Live,
    rates: tuple[Assumed, ...],
    *,
    marks: bool,
) -> tuple[Assumed, ...]:
    """Everything a simulation of these days rests on.

    Parameters
    ----------
    people : Standing
        Who is in the strategy already.
    alone : int
        How many of today's people nobody of the past is like.
    rates : tuple of Assumed
        As :func:`about_rates` has them.
    marks : bool
        Whether the strategy makes marks.
    """
    return (
        *_about_history(days),
        *rates,
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
        *_about_people(people, alone),
        Assumed(
            "conditions",
            "Dates that are written into conditions are judged as of the days behind, not moved"
            + (
                "; marks that the strategy makes on the days ahead are not seen by its conditions."
                if marks
                else "."
            ),
            "条件中写明的日期按历史日期判断，不随之平移"
            + ("；策略在未来各日所做标记不参与条件判断。" if marks else "。"),
        ),
        _about_rivals(live.strategies, live.leads),
    )


def _about_history(days: tuple[SimulatedDay, ...]) -> Iterator[Assumed]:
    first, last = days[0], days[-1]
    if len({day.snapshot for day in days}) == 1:
        yield Assumed(
            "one_snapshot",
            f"The first day is today's own. The days behind, {first.past} to {last.past}, have no snapshots: "
            "after the first day nobody enters and nobody's situation changes. Make them with: "
            f"journeykit tags backfill --from {first.past} --to {last.past}",
            f"首日按当前实际。历史同期（{first.past}至{last.past}）没有标签快照：首日之后无新客户入组，客户情况不变。"
            f"可用 journeykit tags backfill --from {first.past} --to {last.past} 补生成。",
        )
        return
    weeks = (first.as_of - first.past).days // 7
    yield Assumed(
        "history",
        f"The first day is today's own. On the days ahead, {first.as_of} to {last.as_of}, as many enter as "
        f"{weeks} weeks earlier, {first.past} to {last.past}, and today's people change as those of then who "
        "stood at the same place and were alike.",
        f"首日按当前实际。未来（{first.as_of}至{last.as_of}）新入组客户与{weeks}周前"
        f"（{first.past}至{last.past}）相同，当前客户的变化参照当时处于同一节点的相似客户。",
    )
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


def _about_people(people: Standing, alone: int) -> Iterator[Assumed]:
    if people.unknown:
        yield Assumed(
            "in_flight",
            f"The ledger has gone on since this day: where {people.unknown:,} people in the strategy stood "
            "is not known. They do not enter, and are not counted.",
            f"台账已晚于该日：{people.unknown:,}名在途客户当时所在节点未知，不再入组，也不计入结果。",
        )
    elif people.moved or people.others:
        yield Assumed(
            "in_flight",
            f"{people.moved:,} people are in the strategy already and go on by this graph from where they "
            f"stand; {people.others:,} whose node is not in it, and those barred by re-entry, do not "
            "enter and are not counted.",
            f"{people.moved:,}名在途客户从当前节点按本流程继续；{people.others:,}名所在节点不在本流程中的客户，"
            "以及受再次入组限制的客户不入组，也不计入结果。",
        )
    else:
        yield Assumed("empty", "Nobody is in the strategy when it starts.", "策略启动时无在途客户。")
    if alone:
        yield Assumed(
            "alone",
            f"Nobody of the past is like {alone:,} of today's people: what becomes of them is not known. "
            "They are counted as if their situation did not change, with wide bands.",
            f"{alone:,}名当前客户在历史同期无相似客户，后续情况未知：按情况不变计算，区间相应放宽。",
        )


def about_rates(rates: Iterable[Rate], offers: Mapping[str, Offer]) -> tuple[Assumed, ...]:
    """How often contacts lead to the goal, and where that comes from; offers are called by their titles."""
    english, chinese = (Teller.of(language, offers=offers) for language in ("en", "zh"))
    return tuple(_about_rate(rate, english, chinese) for rate in rates)


def _about_rate(rate: Rate, english: Teller, chinese: Teller) -> Assumed:
    if rate.leads:
        said = f"as of {rate.leads:,} delivered leads"
        said_zh = f"依据{rate.leads:,}条已交付线索"
    else:
        said = f"as the offer expects; this guess may be off by {GUESS_OFF:.0%} of itself"
        said_zh = f"按权益预设，允许相对误差{GUESS_OFF:.0%}"
    return Assumed(
        f"rate {rate.offer} {rate.channel}",
        f"{rate.share:.1%} of contacts with “{english.offer(rate.offer)}” by {english.named(rate.channel)} "
        f"lead to the goal, {said}.",
        f"“{chinese.offer(rate.offer)}”经{chinese.named(rate.channel)}触达的目标转化率为{rate.share:.1%}"
        f"（{said_zh}）。",
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
