"""The mart: one build of one day, opened for reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from journeykit.contract import SUBJECTS, Type, subject
from journeykit.dialects import (
    SQL_TYPES,
    EmbeddedError,
    attach_read_only,
    fetch_arrow,
    is_bad_value,
    is_one_reading_statement,
    lock_down,
    native,
    registered,
    show_sql,
    with_journals,
)  # fmt: skip
from journeykit.display import Table
from journeykit.errors import DataError, DefinitionError, StoreError, TooLargeError
from journeykit.mart.earlier import is_unknown_then
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.past import EarlierSnapshots
from journeykit.mart.scope import CUSTOMER_ID, Scope
from journeykit.mart.snapshots import existing_snapshot, read_load_id, rebuild
from journeykit.mart.sources import LANDED, open_sources, subject_table
from journeykit.mart.store import MartStore
from journeykit.mart.views import view
from journeykit.workdays import next_working_day

if TYPE_CHECKING:
    import pandas as pd


class Audience(Protocol):
    """Anything that selects customers: a segment, or an expression."""

    def statement(self, scope: Scope) -> sa.Select:
        """A select of one column, ``customer_id``."""
        ...


class Computable(Protocol):
    """Anything whose values can be computed for everyone: a tag, or the handle of one."""

    def preview(self, mart: Mart) -> Any:
        """What its values would be."""
        ...


class Lists(Protocol):
    """The frozen lists of a workspace."""

    def frozen(self, name: str, digest: str) -> Any:
        """The list that still has the ids of that digest; its ``to_arrow()`` gives them."""
        ...


class Everyone:
    """The audience of all customers."""

    def statement(self, scope: Scope) -> sa.Select:
        """Select every ``customer_id`` of the snapshot."""
        return sa.select(scope.relation.c[CUSTOMER_ID])


class Mart:
    """Everything known about the bank's customers at the end of one day; read only.

    Parameters
    ----------
    store : MartStore
        Where the files are.
    manifest : SourceManifest
        The load to open.
    build_id : str or None
        The tag snapshot to open with it; None before the first build.
    country : str
        Whose working days decide the contact date.
    tags : mapping of str to handle
        The catalogue; each handle's ``.tag`` says of what type it is and which values it may have.
    lists : Lists, optional
        The frozen lists that segments may name.
    memory_limit, threads
        What the embedded engine may use.

    Attributes
    ----------
    as_of : date
        The last day that is seen.
    contact_date : date
        The working day after it.
    country : str
        Whose working days they are.
    """

    def __init__(
        self,
        store: MartStore,
        manifest: SourceManifest,
        build_id: str | None,
        *,
        country: str,
        tags: Mapping[str, Any] | None = None,
        lists: Lists | None = None,
        memory_limit: str = "4GB",
        threads: int = 2,
    ) -> None:
        self._describe_day(manifest, build_id, country, tags)
        self._lists = lists
        self._connection = open_sources(manifest, store, memory_limit=memory_limit, threads=threads)
        readable = [store.root / file.path for file in manifest.files]
        if build_id is not None:
            path = existing_snapshot(store, manifest.as_of, build_id)
            self._snapshot = self._attach(path)
            readable.append(path)
        self._earlier = EarlierSnapshots(store, manifest.as_of, country)
        lock_down(self._connection, [*readable, *with_journals(self._earlier.files())])

    def _describe_day(
        self, manifest: SourceManifest, build_id: str | None, country: str, tags: Mapping[str, Any] | None
    ) -> None:
        """What is known of a day wherever its rows are."""
        # A notebook's cells and its widgets' messages run in threads of their own, and share one connection.
        self._turn = RLock()
        self.as_of: date = manifest.as_of
        self.country = country
        self.contact_date: date = next_working_day(manifest.as_of, country)
        self.build_id = build_id
        self.manifest = manifest
        self.tags: Any = {} if tags is None else tags
        self._snapshot: sa.Table | None = None
        self._unavailable: dict[str, str] = {}

    def _attach(self, path: Path) -> sa.Table:
        """Open the snapshot file, if it is of our load; its columns are typed as the catalogue says."""
        try:
            attach_read_only(self._connection, path, "built")
            load_id = read_load_id(self._connection)
            names = native(self._connection).table("built.snapshot").columns
            lacking = dict(native(self._connection).table("built.unavailable").fetchall())
        except (EmbeddedError, SQLAlchemyError) as error:
            raise StoreError(f"The tag snapshot {path} is damaged. {rebuild(self.as_of)}") from error
        if load_id != self.manifest.load_id:
            raise StoreError(
                f"The tag snapshot {path} was built from load {load_id or 'unknown'}, and this is load "
                f"{self.manifest.load_id}. Open the load it was built from, or build the tags of this one "
                f"with: journeykit run build_tags --as-of {self.as_of}"
            )
        self._unavailable = self._with_reasons(lacking)
        return self._snapshot_table(names, "built")

    def _snapshot_table(self, names: Sequence[str], schema: str | None) -> sa.Table:
        columns = (sa.Column(name, SQL_TYPES[self._type_of(name)]) for name in names)
        return sa.Table("snapshot", sa.MetaData(), *columns, schema=schema)

    def _with_reasons(self, lacking: Mapping[str, str]) -> dict[str, str]:
        return {name: _with_reason(self.manifest, missing) for name, missing in lacking.items()}

    def _type_of(self, name: str) -> Type:
        return Type.TEXT if name == CUSTOMER_ID or name not in self.tags else self.tags[name].tag.type

    def __repr__(self) -> str:
        build = f"build {self.build_id}" if self.build_id else "no tags built"
        return f"Mart as of {self.as_of} ({build}), contact date {self.contact_date}"

    def __enter__(self) -> Mart:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the files and the memory."""
        self._connection.close()

    @property
    def subjects(self) -> tuple[str, ...]:
        """The names of the subjects that can be read here."""
        return LANDED

    @property
    def everyone(self) -> Everyone:
        """All customers, as an audience to count or to read."""
        return Everyone()

    @cached_property
    def scope(self) -> Scope:
        """What names mean here; see :class:`Scope`.

        Raises
        ------
        DataError
            No tags were built for the day.
        """
        if self._snapshot is None:
            raise DataError(
                f"No tags are built as of {self.as_of}. "
                f"Build them with: journeykit run build_tags --as-of {self.as_of}"
            )
        tags = {column.name: column for column in self._snapshot.c if column.name != CUSTOMER_ID}
        return Scope(
            as_of=self.as_of,
            tags=tags,
            types={name: self._type_of(name) for name in tags},
            relation=self._snapshot,
            subjects=subject_table,
            unavailable=self._unavailable,
            values={name: self.tags[name].tag.values for name in tags if name in self.tags},
            past=self._past,
            lists=self._listed,
        )

    def _past(self, days: int) -> sa.FromClause:
        """The snapshot of so many days ago."""
        assert self._snapshot is not None  # noqa: S101  (a scope has one)
        types = {column.name: column.type for column in self._snapshot.c}
        with self._turn:
            return self._earlier.open(self._connection, days, types)

    def past_build(self, days: int) -> str:
        """The id of the tag build that is read for so many days ago; DataError when there is none."""
        return self._earlier.build_of(days)

    def _listed(self, name: str, digest: str) -> sa.FromClause:
        """A frozen list as a relation."""
        if self._lists is None:
            raise DefinitionError(f"The list '{name}' cannot be looked up: this mart knows no lists.")
        relation = f"list_{name}_{digest[:16]}"
        with self._turn:
            native(self._connection).register(relation, self._lists.frozen(name, digest).to_arrow())
        return sa.table(relation, sa.column(CUSTOMER_ID, sa.String()))

    def run(
        self,
        statement: sa.Select | sa.CompoundSelect,
        relations: Mapping[str, pa.Table] | None = None,
    ) -> pa.Table:
        """Execute a SQLAlchemy Core statement.

        Parameters
        ----------
        statement : sqlalchemy.Select
            Over :func:`subject_table` tables, the snapshot in :attr:`scope`, or `relations`.
        relations : mapping of str to pyarrow.Table, optional
            Temporary relations the statement may name, such as the enrolments of a strategy.
        """
        try:
            with self._turn, registered(self._connection, relations or {}):
                return fetch_arrow(self._connection, statement)
        except DBAPIError as error:
            if error.orig is None or not is_bad_value(error.orig):
                raise
            raise TooLargeError(  # the engine's own message shows a customer's value
                "A number in this question grows beyond what an engine can hold (16 digits of money, 19 of a "
                "count). Divide it, compare its parts, or correct the values that are that large."
            ) from None

    def show(self, statement: sa.Select | sa.CompoundSelect) -> str:
        """A statement as text with its values written out: to be read, never to be run."""
        return show_sql(self._connection, statement)

    def _members(self, audience: Audience) -> sa.Select:
        """The statement of an audience; a name is none."""
        if not hasattr(audience, "statement"):
            raise DefinitionError(
                f"{audience!r} is no audience. Give a segment, as in jk.Segment.load('idle_affluent'), a "
                "condition, or mart.everyone."
            )
        return audience.statement(self.scope)

    def count(self, audience: Audience) -> int:
        """How many customers an audience has."""
        members = self._members(audience).subquery()
        return self.run(sa.select(sa.func.count().label("n")).select_from(members))["n"][0].as_py()

    def ids(self, audience: Audience) -> list[str]:
        """The ids of an audience's customers, sorted."""
        members = self._members(audience).subquery()
        return self.run(sa.select(members.c[CUSTOMER_ID]).order_by(members.c[CUSTOMER_ID]))[0].to_pylist()

    def waterfall(self, audience: Audience) -> Any:
        """How many remain after each condition; see :class:`journeykit.segments.waterfall.Waterfall`."""
        return view("waterfall", audience, self)

    def profile(self, audience: Audience, base: Audience | None = None) -> Any:
        """Which tags set an audience apart from everyone, or from a base; the strongest first.

        See :class:`journeykit.segments.profiling.Profile`.
        """
        return view("profile", audience, self, base)

    def spread(self, tag: str | Computable, audience: Audience, base: Audience | None = None) -> Any:
        """One tag's values in an audience beside everyone's; see :mod:`journeykit.segments.spreading`."""
        return view("spread", tag, audience, self, base)

    def overlap(self, audiences: Sequence[Audience]) -> Any:
        """How many are in which of several audiences; see :class:`journeykit.segments.overlap.Overlap`."""
        if not isinstance(audiences, Sequence) or not audiences:
            raise DefinitionError("No list of audiences is given. Write mart.overlap([one, another]).")
        return view("overlap", audiences, self)

    def compare(self, one: Audience, other: Audience) -> Any:
        """How two audiences differ; see :class:`journeykit.segments.comparing.Comparison`."""
        return view("compare", one, other, self)

    def why(self, customer_id: str, audience: Audience) -> Any:
        """Why one customer is in an audience, or not; see :class:`journeykit.segments.why.Why`."""
        return view("why", customer_id, audience, self)

    def preview(self, tag: str | Computable) -> Any:
        """What a tag would be, before it is saved: its spread, what it misses, its SQL and its cost.

        Parameters
        ----------
        tag : Tag, handle or str
            A new tag, or one there is.

        Returns
        -------
        journeykit.tags.preview.Preview
            Prints as a table; in a notebook with a chart.
        """
        computable = self.tags[tag] if isinstance(tag, str) else tag
        if not hasattr(computable, "preview"):
            raise DefinitionError(
                f"{tag!r} is no tag. Give it a Tag: jk.Tag(name=..., title=..., type=..., "
                "compute=jk.Formula(expression=...))."
            )
        return computable.preview(self)

    def frame(
        self, what: str | Audience | sa.Select, columns: Sequence[str] = (), limit: int | None = None
    ) -> pd.DataFrame:
        """Rows as a pandas frame; money stays exact.

        Parameters
        ----------
        what : str, audience or sqlalchemy.Select
            A subject's name gives its rows; a segment or an expression gives its customers with
            their tags; a statement gives its result.
        columns : sequence of str
            Which columns or tags, these by name or handle; all of them when none are named.
        limit : int, optional
            At most so many rows, the first by id.

        Returns
        -------
        pandas.DataFrame
            With Arrow-backed columns: a decimal stays a decimal, a missing value is ``pd.NA``.
        """
        import pandas as pd

        statement = self._select(what, columns)
        return self.run(statement.limit(limit) if limit is not None else statement).to_pandas(
            types_mapper=pd.ArrowDtype
        )

    def _select(self, what: str | Audience | sa.Select, columns: Sequence[str]) -> sa.Select:
        if isinstance(what, str):
            return _rows_of(self.manifest, what, columns)
        if isinstance(what, sa.Select):
            if columns:
                raise DefinitionError("A statement already says its columns. Leave `columns` out.")
            return what
        return self._customers_of(what, columns)

    def _customers_of(self, audience: Audience, columns: Sequence[str]) -> sa.Select:
        scope = self.scope
        relation = scope.relation
        columns = [name if isinstance(name, str) else self.tags[name].tag.name for name in columns]
        chosen = [relation.c[CUSTOMER_ID], *(scope.column(name) for name in columns or scope.tags)]
        members = self._members(audience)
        return (
            sa.select(*chosen).where(relation.c[CUSTOMER_ID].in_(members)).order_by(relation.c[CUSTOMER_ID])
        )

    def describe(self, name: str | None = None) -> Table:
        """What the mart holds: every subject, or the columns of one.

        Returns
        -------
        journeykit.display.Table
            Prints well in a shell and in a notebook; ``.to_frame()`` for more.
        """
        return self._describe_columns(name) if name else self._describe_subjects()

    def _describe_subjects(self) -> Table:
        rows = []
        for landed in LANDED:
            declared = SUBJECTS[landed]
            count = self.run(sa.select(sa.func.count().label("n")).select_from(subject_table(landed)))["n"][0]
            note = next(
                (
                    item.reason
                    for item in self.manifest.absent
                    if item.subject == landed and item.column is None
                ),
                "",
            )
            rows.append(
                (
                    landed,
                    declared.title,
                    declared.title_zh,
                    declared.time.value,
                    count.as_py(),
                    declared.meaning,
                    note,
                )
            )
        heads = ("subject", "title", "title_zh", "time", "rows", "meaning", "absent because")
        return Table(f"Mart as of {self.as_of}", heads, tuple(rows))

    def _describe_columns(self, name: str) -> Table:
        declared = subject(name)
        why = {item.column: item.reason for item in self.manifest.absent if item.subject == name}
        counts = self._filled(name)
        rows = tuple(
            (
                column.name, column.type.value, column.meaning, column.meaning_zh, column.privacy,
                counts.get(column.name), ", ".join(column.values), why.get(column.name, why.get(None, "")),
            )
            for column in declared.columns
        )  # fmt: skip
        heads = ("column", "type", "meaning", "meaning_zh", "privacy", "filled", "values", "absent because")
        return Table(f"{declared.title} ({name}) as of {self.as_of}", heads, rows)

    def _filled(self, name: str) -> dict[str, int]:
        if name not in LANDED:
            return {}
        table = subject_table(name)
        return self.run(
            sa.select(*(sa.func.count(column).label(column.name) for column in table.c))
        ).to_pylist()[0]

    def sql(self, text: str) -> pd.DataFrame:
        """Answer one SELECT over the subjects and ``built.snapshot``: for exploring, read only.

        Raises
        ------
        DefinitionError
            The text is no SELECT, is more than one statement, or reaches for a file or the network.
        """
        import pandas as pd

        try:
            if not is_one_reading_statement(self._connection, text):
                raise DefinitionError(
                    "mart.sql answers one SELECT statement and nothing else. Remove the rest."
                )
            with self._turn:
                found = native(self._connection).sql(text).to_arrow_table()
            return found.to_pandas(types_mapper=pd.ArrowDtype)
        except EmbeddedError as error:
            raise DefinitionError(f"The mart refuses this statement: {error}") from error


def _with_reason(manifest: SourceManifest, missing: str) -> str:
    """The missing ``subject.column``, and why it is missing where only this earlier day lacks it."""
    name, _, column = missing.partition(".")
    if is_unknown_then(manifest, name, column):
        return f"{missing} of that day, it is {manifest.why_absent(name, column)}"
    return missing


def _rows_of(manifest: SourceManifest, name: str, columns: Sequence[str]) -> sa.Select:
    declared = subject(name)
    if name not in LANDED:
        raise DataError(
            f"{declared.title} are kept outside the mart. Subjects of the mart: {', '.join(LANDED)}."
        )
    for column in columns:
        if is_unknown_then(manifest, name, column):
            raise DataError(
                f"There is no {name}.{column} as of {manifest.as_of}: it is "
                f"{manifest.why_absent(name, column)}. Leave it out, or name an `assumption` for {name} in "
                "the mapping and load that day again."
            )
    table = subject_table(name)
    chosen = [table.c[declared.column(column).name] for column in columns] or list(table.c)
    return sa.select(*chosen).order_by(*(table.c[key] for key in declared.key))
