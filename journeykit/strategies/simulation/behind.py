"""What the days behind cannot tell, and whether building their tags would help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from journeykit.mart.earlier import see_earlier
from journeykit.mart.mart import Mart
from journeykit.strategies.simulation.assumed import Assumed
from journeykit.strategies.simulation.calendar import SimulatedDay
from journeykit.tags.planning import find_unavailable
from journeykit.tags.tag import Tag

_NAMED = 5  # of a list that may be long


@dataclass(frozen=True)
class Behind:
    """The days behind.

    Attributes
    ----------
    days : tuple of SimulatedDay
        Each with the day ahead of which it tells.
    lacking : tuple of Tag
        What the strategy asks for, and days that another one's snapshot stands in for cannot tell.
    buildable : tuple of date
        Those of them whose tags can be built.
    """

    days: tuple[SimulatedDay, ...]
    lacking: tuple[Tag, ...]
    buildable: tuple[date, ...]

    @property
    def missing(self) -> tuple[SimulatedDay, ...]:
        """Days that another one's snapshot stands in for."""
        return tuple(day for day in self.days if day.missing)


def look_behind(
    days: Sequence[SimulatedDay],
    mart: Mart,
    asked: Iterable[str],
    snapshots: Iterable[date],
    unavailable: Callable[[date], Mapping[str, str]],
) -> Behind:
    """Find out what the days lack.

    Parameters
    ----------
    mart : Mart
        Today: a day that was never loaded is seen from a later load, which may not tell what was then.
    asked : iterable of str
        The tags that the strategy asks for.
    unavailable : callable
        What could not be built on a day that has a snapshot.
    """
    built, lacking, buildable = set(snapshots), set(), []
    for day in days:
        if day.missing:
            past = day.past
            gone = unavailable(past) if past in built else _unseen(mart, past)
            cannot = {name for name in asked if name in gone}
            lacking |= cannot
            buildable += [] if cannot else [past]
    return Behind(tuple(days), tuple(mart.tags[name].tag for name in sorted(lacking)), tuple(buildable))


def _unseen(mart: Mart, day: date) -> dict[str, str]:
    """Tags that could not be built for a day from today's load; models may have been trained by then."""
    gone = find_unavailable(mart.tags, see_earlier(mart.manifest, day), {}, {})
    return {name: missing for name, missing in gone.items() if "." in missing}


def about_history(behind: Behind) -> Iterator[Assumed]:
    """What the days behind stand for, and what they lack."""
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
