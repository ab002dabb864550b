"""What a simulation takes for granted, each by a name and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from journeykit.i18n import in_language
from journeykit.strategies.offers import Offer
from journeykit.strategies.simulation.behind import Behind
from journeykit.strategies.simulation.reacting import ANSWER_DAYS, GUESS_OFF, Rate
from journeykit.strategies.simulation.standing import Standing
from journeykit.strategies.telling import Teller

_NAMED = 5  # of a list that may be long


@dataclass(frozen=True)
class Others:
    """What else goes on beside the simulated version.

    Attributes
    ----------
    steady, leads : int
        Live strategies that stand in by the leads that they had on the days behind.
    fresh, people, contacts : int
        Live strategies that stand in by their people of today, and how often those are contacted.
    finishing : int
        How often people who finish on an earlier version of the strategy are contacted.
    """

    steady: int
    leads: int
    fresh: int
    people: int
    contacts: int
    finishing: int


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
    behind: Behind,
    people: Standing,
    alone: int,
    others: Others,
    rates: tuple[Assumed, ...],
    *,
    done: int,
    marks: bool,
) -> tuple[Assumed, ...]:
    """Everything a simulation rests on.

    Parameters
    ----------
    behind : Behind
        The days that tell of those ahead.
    people : Standing
        Who is in the strategy already.
    alone : int
        How many of today's people nobody of the past is like.
    others : Others
        Whoever takes capacity beside it.
    rates : tuple of Assumed
        As :func:`about_rates` has them.
    done : int
        How many members of the segment do not enter, since they have reached the goal or the exit rule holds.
    marks : bool
        Whether the strategy makes marks.
    """
    return (
        *_about_history(behind),
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
        *_about_done(done),
        *_about_people(people, others.finishing),
        *_about_alone(alone),
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
        *_about_others(others),
    )


def _about_history(behind: Behind) -> Iterator[Assumed]:
    days = behind.days
    first, last = days[0], days[-1]
    if len({day.snapshot for day in days}) == 1:
        known = first.snapshot
        yield Assumed(
            "one_snapshot",
            f"The first day is today's own. All days behind, {first.past} to {last.past}, are judged by the "
            f"tags of {known}: after the first day nobody enters and nobody's situation changes. It will, so "
            "that bands have a width all the same; newcomers they do not hold.",
            f"首日按当前实际。历史同期（{first.past}至{last.past}）各日均以{known}的标签判断：首日之后无新客户入组，"
            "客户情况不变。实际会有变化，故区间仍有宽度，但不含新入组客户。",
        )
    else:
        weeks = (first.as_of - first.past).days // 7
        yield Assumed(
            "history",
            f"The first day is today's own. On the days ahead, {first.as_of} to {last.as_of}, as many enter "
            f"as {weeks} weeks earlier, {first.past} to {last.past}, and today's people change as those of "
            "then who stood at the same place and were alike.",
            f"首日按当前实际。未来（{first.as_of}至{last.as_of}）新入组客户与{weeks}周前"
            f"（{first.past}至{last.past}）相同，当前客户的变化参照当时处于同一节点的相似客户。",
        )
    if behind.missing:
        yield _about_missing(behind)


def _about_missing(behind: Behind) -> Assumed:
    """Which days others stand in for, and what can be done about it."""
    days, missing = behind.days, behind.missing
    listed = ", ".join(f"{day.past} by {day.snapshot}" for day in missing[:_NAMED])
    listed_zh = "、".join(f"{day.past}用{day.snapshot}" for day in missing[:_NAMED])
    more = " …" if len(missing) > _NAMED else ""
    said = [
        f"{len(missing)} of {len(days)} days behind have no snapshot with all that the strategy asks "
        f"for, and are judged by the nearest one that has: {listed}{more}."
    ]
    said_zh = [
        f"{len(days)}天中有{len(missing)}天没有包含全部所需标签的快照，以最近的可用日期代替：{listed_zh}{more}。"
    ]
    if behind.lacking:
        names = ", ".join(f"“{one.title}”" for one in behind.lacking[:_NAMED])
        names_zh = "、".join(f"“{one.title_zh or one.title}”" for one in behind.lacking[:_NAMED])
        more = " …" if len(behind.lacking) > _NAMED else ""
        said.append(
            f"They cannot tell {names}{more}: what is loaded of them does not hold it, and building tags "
            "does not help. Days whose own data are loaded can; simulate again when there are some."
        )
        said_zh.append(
            f"这些日期缺少{names_zh}{more}：已加载的数据不含当时的取值，补生成标签无济于事；"
            "需加载当日自身的数据，积累若干日后再行模拟。"
        )
    if behind.buildable:
        command = f"journeykit tags backfill --from {behind.buildable[0]} --to {behind.buildable[-1]}"
        said.append(f"Build those that can be built with: {command}")
        said_zh.append(f"可补生成的日期请执行：{command}")
    return Assumed("missing_snapshots", " ".join(said), "".join(said_zh))


def _about_people(people: Standing, finishing: int) -> Iterator[Assumed]:
    number = people.moved + people.others
    beside = f"stay in their own version, whose {finishing:,} contacts take capacity; they are not counted"
    beside_zh = f"留在原版本中继续（其{finishing:,}次触达占用容量），不计入结果"
    if people.unknown:
        yield Assumed(
            "in_flight",
            f"The ledger has gone on since this day: where {people.unknown:,} people in the strategy stood "
            "is not known. They do not enter, and are not counted.",
            f"台账已晚于该日：{people.unknown:,}名在途客户当时所在节点未知，不再入组，也不计入结果。",
        )
    elif not number:
        yield Assumed("empty", "Nobody is in the strategy when it starts.", "策略启动时无在途客户。")
    elif people.in_flight == "exit":
        yield Assumed(
            "in_flight",
            f"People in flight leave (exit): {number:,} people are in the strategy already and leave on the "
            "first day, as their version is replaced. They are neither contacted nor counted.",
            f"在途客户全部退出（exit）：{number:,}名在途客户于首日因版本替换退出，不再触达，也不计入结果。",
        )
    elif people.in_flight == "finish":
        yield Assumed(
            "in_flight",
            f"People in flight finish on their version (finish): {number:,} people are in the strategy "
            f"already and {beside}, and do not enter.",
            f"在途客户按原版本走完（finish）：{number:,}名在途客户{beside_zh}，也不再入组。",
        )
    else:
        yield Assumed(
            "in_flight",
            "People in flight move to this version (migrate): "
            f"{people.moved:,} people are in the strategy already and go on by this graph from where they "
            f"stand; {people.others:,} whose node is not in it {beside}, and do not enter, nor do those "
            "barred by re-entry.",
            f"在途客户转入本版本（migrate）：{people.moved:,}名在途客户从当前节点按本流程继续；"
            f"{people.others:,}名所在节点不在本流程中的客户{beside_zh}，与受再次入组限制的客户均不入组。",
        )


def _about_done(done: int) -> Iterator[Assumed]:
    if done:
        yield Assumed(
            "done",
            f"{done:,} members of the segment do not enter on the first day: they have reached the goal "
            "already, or the exit rule holds for them.",
            f"客群中有{done:,}名客户已达成目标或已满足退出条件，首日不入组。",
        )


def _about_alone(alone: int) -> Iterator[Assumed]:
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


def _about_others(others: Others) -> Iterator[Assumed]:
    if not (others.steady or others.fresh):
        yield Assumed(
            "live", "No other strategy is live: all capacity is free.", "无其他在用策略，容量全部可用。"
        )
    if others.steady:
        yield Assumed(
            "live",
            f"Live strategies beside it: {others.steady}. They want the {others.leads:,} leads again that "
            "they had on the days behind.",
            f"其他{others.steady}个在用策略按历史同期的{others.leads:,}条线索参与竞争。",
        )
    if others.fresh:
        yield Assumed(
            "live_today",
            f"Live strategies beside it that were not so on all days behind: {others.fresh}. The "
            f"{others.people:,} people who are in them today, tonight's newcomers among them, go on as if "
            f"their situation did not change, and {others.contacts:,} contacts of theirs take capacity. "
            "Nobody enters them later, so later days may have less room than counted here.",
            f"其他{others.fresh}个在用策略并非历史同期始终在用：以其当前{others.people:,}名在途客户（含今晚新入组客户）"
            f"按情况不变继续推演，{others.contacts:,}次触达占用容量；未计其后续新入组客户，故后期实际可用容量可能更少。",
        )
