"""Everything there is to tell of one tag, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import sqlalchemy as sa

from journeykit.contract import SUBJECTS, Time
from journeykit.i18n import in_language
from journeykit.mart.mart import Mart
from journeykit.mart.sources import subject_table
from journeykit.reports.catalogue_words import say
from journeykit.settings import Settings
from journeykit.strategies.playbook import Playbook, load_readable
from journeykit.strategies.usage import User, find_users
from journeykit.tags.distribution import MISSING, distribution
from journeykit.tags.lineage import Lineage, lineage
from journeykit.tags.tag import Aggregate, Formula, Ranking, Score, Tag
from journeykit.tags.words import unit_of
from journeykit.widgets.asking import Json
from journeykit.widgets.saying import heading_of, say_bar, say_tag, title_of
from journeykit.workspace.describing import load_segments

_MEDIAN, _LEAST, _MOST = 0.5, 0.0, 1.0


@dataclass
class TagFacts:
    """What tags mean, where they come from and who uses them; who uses them is read once."""

    mart: Mart
    settings: Settings
    language: str
    _newest: dict[str, str] = field(default_factory=dict)

    @cached_property
    def playbook(self) -> Playbook:
        """The strategies and models of the workspace."""
        return load_readable(self.settings.scheduled)

    @cached_property
    def features(self) -> Mapping[str, tuple[str, ...]]:
        """The tags that each model reads, by its definition: reading how it was trained takes seconds."""
        return {name: model.tags for name, model in self.playbook.models.items()}

    @cached_property
    def users(self) -> Mapping[str, tuple[User, ...]]:
        """The segments and strategies of the workspace by the tags they use."""
        strategies, segments = self.playbook.strategies.values(), load_segments(self.settings).values()
        return find_users(self.mart.tags, strategies, segments, self.features)

    def listed(self) -> list[Json]:
        """Every tag as the list shows it."""
        return [self._line(self.mart.tags[name].tag) for name in self.mart.tags]

    def of(self, tag: Tag) -> Json:
        """Everything of one tag."""
        traced = lineage(self.mart.tags, tag.name, self.features)
        return {
            **self._line(tag),
            "family": say(f"family.{tag.family}", self.language),
            "description": in_language(self.language, tag.description, tag.description_zh),
            "type": say(f"type.{tag.type.value}", self.language),
            "kind": say(f"kind.{tag.compute.kind}", self.language),
            "owner": say(f"owner.{tag.owner}", self.language) if tag.owner else "",
            "sensitivity": tag.sensitivity or "",
            "days": tag.compute.within_days if isinstance(tag.compute, Aggregate) else None,
            "rule": _rule(tag),
            "missing": self._missing(tag.name),
            "distribution": self._distribution(tag),
            "lineage": self._lineage(traced),
            "sources": self._sources(traced.subjects),
            "users": self._users(tag.name),
        }

    def _line(self, tag: Tag) -> Json:
        return {
            "name": tag.name,
            "title": title_of(tag, self.language),
            "family": tag.family,
            "unit": unit_of(tag, self.language),
            "built": not self._missing(tag.name),
        }

    def _missing(self, name: str) -> str:
        """What the build lacks to have the tag; empty when it has it."""
        if self.mart.build_id is None:
            return in_language(self.language, "no tags are built", "标签尚未生成")
        if name in self.mart.scope.tags:
            return ""
        lacking = self.mart.scope.unavailable.get(name)
        return lacking or in_language(self.language, "not in this build yet", "本次生成时尚无此标签")

    def _distribution(self, tag: Tag) -> Json | None:
        if self._missing(tag.name):
            return None
        found = distribution(self.mart, tag)
        bars = [(say_bar(tag, text, self.language), count, False) for text, count in found.counts]
        if found.missing:
            bars.append((say_bar(tag, MISSING, self.language), found.missing, True))
        quantiles = (found.quantiles.get(share) for share in (_LEAST, _MEDIAN, _MOST))
        return {
            "customers": found.customers,
            "bars": [{"label": text, "count": count, "missing": missing} for text, count, missing in bars],
            "quantiles": [say_tag(tag, value, self.language) for value in quantiles if value is not None],
        }

    def _lineage(self, traced: Lineage) -> Json:
        return {
            "columns": [
                {**self._column(name), "through": [one for one in through if one != traced.tag]}
                for name, through in traced.reads.items()
            ],
            "uses": self._tags(traced.uses_in_all, traced.uses),
            "used_by": self._tags(traced.used_by_in_all, traced.used_by),
        }

    def _column(self, name: str) -> Json:
        subject, _, column = name.partition(".")
        declared = SUBJECTS[subject]
        return {
            "name": name,
            "subject": in_language(self.language, declared.title, declared.title_zh),
            "title": heading_of(declared.column(column), self.language),
        }

    def _tags(self, names: Iterable[str], direct: Iterable[str]) -> list[Json]:
        near = set(direct)
        return [
            {"name": name, "title": title_of(self.mart.tags[name].tag, self.language), "direct": name in near}
            for name in names
        ]

    def _sources(self, subjects: Iterable[str]) -> list[Json]:
        """The subjects a tag reads, and the newest day that those with a history tell of."""
        return [
            {"title": in_language(self.language, SUBJECTS[name].title, SUBJECTS[name].title_zh),
             "newest": self._newest_day(name)}
            for name in subjects
        ]  # fmt: skip

    def _newest_day(self, name: str) -> str:
        if name not in self._newest:
            self._newest[name] = ""
            at = SUBJECTS[name].at
            if at and SUBJECTS[name].time is not Time.CURRENT:
                latest = sa.cast(sa.func.max(subject_table(name).c[at]), sa.Date()).label("day")
                day = self.mart.run(sa.select(latest))["day"][0].as_py()
                self._newest[name] = day.isoformat() if day else ""
        return self._newest[name]

    def _users(self, name: str) -> Json:
        users: dict[str, list[Json]] = {"segment": [], "strategy": [], "model": []}
        for user in self.users.get(name, ()):
            said = in_language(self.language, user.title, user.title_zh) or user.name
            users[user.kind].append({"name": user.name, "title": said, "direct": user.directly})
        users["model"] = [
            {
                "name": model,
                "title": title_of(self.playbook.models[model], self.language),
                "direct": True,
            }
            for model, read in self.features.items()
            if name in read
        ]
        return users


def _rule(tag: Tag) -> str:
    """What a tag is computed by, where a line says it."""
    match tag.compute:
        case Formula(expression=expression):
            return str(expression)
        case Ranking(tag=ranked):
            return ranked
        case Score(model=model):
            return model
        case Aggregate(where=where) if where is not None:
            return str(where)
    return ""
