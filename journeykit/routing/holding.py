"""Versions that cannot run as of a day are held, so that one of them does not stop the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from journeykit.errors import DataError, DefinitionError
from journeykit.mart.mart import Mart
from journeykit.routing.result import Held
from journeykit.strategies.checking import check_strategy
from journeykit.strategies.judging import check_questions
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.running import Running


def hold_unsound(
    mart: Mart, playbook: Playbook, running: Sequence[Running]
) -> tuple[tuple[Running, ...], tuple[Held, ...]]:
    """Hold the versions that cannot run as of the mart's day.

    Returns
    -------
    tuple
        The versions to advance: a held one only lets go, and is left out where even its goal cannot be
        judged. And the held ones, with the reason.
    """
    kept: list[Running] = []
    held: list[Held] = []
    for one in running:
        reason, reason_zh = _obstacle(mart, playbook, one)
        if reason:
            told = one.strategy
            held.append(
                Held(
                    strategy=told.name, version=one.version, reason=reason, reason_zh=reason_zh,
                    title=told.title, title_zh=told.title_zh,
                )
            )  # fmt: skip
            one = replace(one, enrols=False, moves=False)  # noqa: PLW2901
            if _unanswerable(mart, one):
                continue
        kept.append(one)
    return tuple(kept), tuple(held)


def _obstacle(mart: Mart, playbook: Playbook, one: Running) -> tuple[str, str]:
    """Why a version cannot run, in English and Chinese; empty when it can."""
    found = check_strategy(one.strategy, mart.tags, playbook.offers, playbook.channels)
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        return "\n".join(map(str, errors)), "\n".join(finding.message_zh for finding in errors)
    problem = _unanswerable(mart, one)
    return problem, problem and f"当日数据无法支持该版本：{problem}"


def _unanswerable(mart: Mart, one: Running) -> str:
    """What the mart says when it cannot answer what a version asks, as a tag is not built that day."""
    try:
        if one.enrols:
            one.strategy.starts[0].segment.statement(mart.scope)
        check_questions(mart, one.strategy, moving=one.moves)
    except (DefinitionError, DataError) as error:
        return str(error)
    return ""
