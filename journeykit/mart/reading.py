"""One source of one subject, read through the mapping's expressions into the contract's columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from journeykit.contract import Column, Subject
from journeykit.errors import MappingError
from journeykit.mart.bankfiles import MissingFileError, Opened, UnreadableFileError, describe_columns
from journeykit.mart.findings import Finding
from journeykit.mart.language import UnknownColumnError, compile_expression, parse
from journeykit.mart.mapping import File, Mapping, Source, SubjectMapping
from journeykit.mart.readings import Compiled, condition, convert, same
from journeykit.mart.staged import LOST, SOURCE_WHERE

LATEST = "latest_by"


@dataclass
class Reading:
    """One source of one subject: its files or tables, its columns by name, its select.

    `open` makes a relation of what a source names; what cannot be read is noted in `findings`.
    """

    subject: Subject
    mapping: Mapping
    source: Source
    open: Callable[[File], Opened]
    findings: list[Finding]

    @property
    def _filled(self) -> SubjectMapping:
        return self.mapping.subjects[self.subject.name]

    def select(self) -> sa.Select | None:
        """The select of the contract's columns, or None with the reasons noted."""
        before = len(self.findings)
        try:
            relation, columns = self._join()
        except MappingError as error:
            self._note_file(error)
            return None
        values = {column.name: self._value(column, columns) for column in self._wanted(columns)}
        latest = self._compile(LATEST, self._filled.latest_by, columns)
        where = self._compile(SOURCE_WHERE, self.source.where, columns)
        if len(self.findings) > before:
            return None
        labelled = [value.value.label(name) for name, value in values.items() if value]
        labelled += [
            sa.func.coalesce(value.failed, sa.false()).label(LOST + name)
            for name, value in values.items() if value and value.failed is not None
        ]  # fmt: skip
        if latest is not None:
            labelled.append(latest.value.label(LATEST))
        statement = sa.select(*labelled).select_from(relation)
        return statement if where is None else self._filter(statement, where)

    def _filter(self, statement: sa.Select, where: Compiled) -> sa.Select:
        """Keep the rows for which the condition holds, and, to be found, those where it cannot be read."""
        kept = condition(where)
        if kept.failed is None:
            return statement.where(kept.value)
        unread = sa.func.coalesce(kept.failed, sa.false())
        return statement.add_columns(unread.label(LOST + SOURCE_WHERE)).where(sa.or_(kept.value, unread))

    def _wanted(self, columns: dict[str, Compiled]) -> Iterator[Column]:
        """The columns to fill; one that nobody thought of is a finding."""
        declared = self.subject
        for column in declared.columns:
            if self.mapping.is_absent(declared.name, column.name):
                continue
            given = columns if self.source.columns is None else self.source.columns
            if column.name in given:
                yield column
            else:
                where = self.source.place if self.source.columns is None else "the mapping"
                self._note(
                    "missing_column", column.name,
                    f"{column.name} is not in {where}. Map it, or declare it absent with a reason.",
                )  # fmt: skip

    def _value(self, column: Column, columns: dict[str, Compiled]) -> Compiled | None:
        text = None if self.source.columns is None else self.source.columns[column.name]
        given = columns[column.name] if text is None else self._compile(column.name, text, columns)
        if given is None:
            return None
        try:
            return convert(given, column.type)
        except MappingError as error:
            self._note("bad_expression", column.name, str(error))
            return None

    def _compile(self, place: str, text: str | None, columns: dict[str, Compiled]) -> Compiled | None:
        if text is None:
            return None
        try:
            return compile_expression(parse(text), columns, self.mapping.codes)
        except MappingError as error:
            rule = "missing_column" if isinstance(error, UnknownColumnError) else "bad_expression"
            self._note(rule, place, str(error))
            return None

    def _join(self) -> tuple[sa.FromClause, dict[str, Compiled]]:
        main = self.open(self.source)
        columns = dict(main.columns)
        relation: sa.FromClause = main.table
        for join in self.source.joins:
            other = self.open(join)
            inner = sa.select(other.table)
            if join.where is not None:
                inner = inner.where(condition(compile_expression(parse(join.where), other.columns, {})).value)
            looked_up = inner.subquery()
            described = describe_columns("", {c.name: c.type for c in looked_up.c}, join.missing, looked_up)
            renamed = {join.prefix + name: value for name, value in described.columns.items()}
            twice = sorted(set(renamed) & set(columns))
            if twice:
                raise MappingError(
                    f"{', '.join(twice)} would be there twice. Give the join of {join.place} a prefix."
                )
            pairs = [
                same(_named(columns, left), _named(described.columns, right))
                for left, right in join.on.items()
            ]
            relation = relation.outerjoin(looked_up, sa.and_(*pairs))
            columns |= renamed
        return relation, columns

    def _note_file(self, error: MappingError) -> None:
        if isinstance(error, MissingFileError):
            if not self._filled.optional:
                self._note("missing_file", None, str(error))
        elif isinstance(error, UnreadableFileError):
            self._note("unreadable_file", None, str(error))
        else:
            self._note(
                "missing_column" if isinstance(error, UnknownColumnError) else "bad_expression",
                None,
                str(error),
            )

    def _note(self, rule: str, column: str | None, message: str) -> None:
        self.findings.append(Finding(rule, "fatal", self.subject.name, column, 1, message))


def _named(columns: dict[str, Compiled], name: str) -> Compiled:
    return compile_expression(parse(f"column({name!r})"), columns, {})


def align(select: sa.Select, names: list[str]) -> sa.Select:
    """The same columns in the same order for every source: what one cannot lose, it has not lost."""
    inner = select.subquery()
    return sa.select(*(inner.c[name] if name in inner.c else sa.false().label(name) for name in names))
