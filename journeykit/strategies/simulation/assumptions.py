"""What a simulation takes for granted, each by a name and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from journeykit.strategies.offers import Offer
from journeykit.strategies.simulation.assumed import Assumed
from journeykit.strategies.simulation.behind import Behind, about_history
from journeykit.strategies.simulation.competition import Others, about_others
from journeykit.strategies.simulation.reacting import ANSWER_DAYS, GUESS_OFF, Rate
from journeykit.strategies.simulation.standing import Standing, about_people
from journeykit.strategies.telling import Teller


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
        *about_history(behind),
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
        *about_people(people, others.finishing),
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
        *about_others(others),
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
