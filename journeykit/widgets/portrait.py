"""A segment's portrait: how large it is, what sets it apart, and how some tags are spread in it."""

from __future__ import annotations

from journeykit.mart.mart import Mart
from journeykit.segments import Segment
from journeykit.segments.standing import SHOWN, Standing
from journeykit.widgets.asking import Json
from journeykit.widgets.saying import title_of

_SPREADS = 4


def portrait(segment: Segment, mart: Mart, language: str) -> Json:
    """The portrait of a segment that has customers; of an empty one only its size."""
    size, everyone = mart.count(segment), mart.count(mart.everyone)
    found: Json = {"size": size, "everyone": everyone, "profile": [], "spreads": [], "notes": []}
    if not size:
        return found
    profile = mart.profile(segment)
    apart = [one for one in profile.standings.tags.values() if one.facts]
    free = [one for one in apart if not one.used and not one.is_id]
    widest = max((abs(one.facts[0].effect.value) for one in free), default=0.0) or 1.0
    found["profile"] = [_line(one, widest, language) for one in apart[:SHOWN]]
    found["spreads"] = [_spread(one, segment, mart, language) for one in free[:_SPREADS]]
    found["notes"] = list(profile.notes(language))
    return found


def _line(one: Standing, widest: float, language: str) -> Json:
    fact = one.facts[0]
    called, group, base, lift, apart = one.row(fact, language)
    return {
        "title": called, "group": group, "base": base, "lift": lift, "apart": apart, "used": one.used,
        "bar": max(-1.0, min(1.0, fact.effect.value / widest)),
    }  # fmt: skip


def _spread(one: Standing, segment: Segment, mart: Mart, language: str) -> Json:
    """The shares of a tag's values in the segment and among everyone."""
    found = mart.spread(one.tag, segment)
    sizes = [sum(pair[side] or 0 for pair in found.counts.values()) or 1 for side in (0, 1)]
    return {
        "title": title_of(one.tag, language),
        "bars": [
            {
                "label": found.called(place, language),
                "group": (pair[0] or 0) / sizes[0],
                "base": (pair[1] or 0) / sizes[1],
            }
            for place, pair in found.counts.items()
        ],
    }
