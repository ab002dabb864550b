"""The declarative mapping that turns a bank's own tables into the contract's subjects.

Written as YAML; the keys are the fields of the models below, the expressions those of
:mod:`journeykit.mart.language`::

    source_day: daily              # the bank's files show the day asked for; or one fixed day
    root: ../bank                  # relative to the workspace; {as_of} stands for the day
    assumptions:
      - {name: branch_may_speak, text: A branch may speak to its own customers., text_zh: …}
    absent:
      - {subject: manager, reason: The bank has no relationship managers.}
      - {subject: holding, columns: [rate, status], reason: Not in the extract.}
    codes:
      directions: {PRIJEM: in, VYDAJ: out}
    subjects:
      txn:
        done_marker: "_DONE_{as_of}"
        latest_by: recorded_at
        sources:
          - file: trans.asc
            delimiter: ";"
            joins:
              - file: disp.asc
                delimiter: ";"
                prefix: disp_
                on: {account_id: account_id}
                where: type == 'OWNER'
            columns:
              txn_id: trans_id
              customer_id: disp_client_id
              direction: code(type, directions)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from journeykit.contract import DELIVERED, SUBJECTS, Subject, subject
from journeykit.errors import JourneykitError, MappingError
from journeykit.mart.language import code_lists_of, parse
from journeykit.mart.manifest import Absence, Assumption
from journeykit.yaml_files import read_yaml

DAY = "{as_of}"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _below_root(pattern: str) -> str:
    if PurePosixPath(pattern).is_absolute() or ".." in PurePosixPath(pattern).parts:
        raise ValueError(f"'{pattern}' must lie below `root`: no leading slash and no '..'")
    return pattern


def _qualified(name: str) -> str:
    if not re.fullmatch(r'[^."\s]+\.[^."\s]+', name):
        raise ValueError(f"'{name}' is no table. Write its schema and its name: schema.name")
    return name


def _readable(text: str) -> str:
    try:
        parse(text)
    except MappingError as error:
        raise ValueError(str(error)) from error
    return text


TableName = Annotated[str, AfterValidator(_qualified)]
FilePattern = Annotated[str, AfterValidator(_below_root)]
ExpressionText = Annotated[str, AfterValidator(_readable)]


class File(_Part):
    """A file, or all files of a pattern, and how to read them; or a table of a warehouse.

    Attributes
    ----------
    file : str
        Below the mapping's root; may hold ``*`` and ``{as_of}``.
    table : str
        ``schema.name`` in the warehouse, instead of a file.
    format : str
        ``csv`` or ``parquet``; by the file's ending when left out.
    delimiter, encoding
        Of a CSV file.
    missing : tuple of str
        Texts that mean "no value", such as ``9999-12-31``; empty text always does.
    where : str
        Only rows for which this holds.
    """

    file: FilePattern = ""
    table: TableName = ""
    format: Literal["csv", "parquet"] | None = None
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    missing: tuple[str, ...] = ()
    where: ExpressionText | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.file) == bool(self.table):
            raise ValueError("say where the rows are: either `file` or `table`")
        return self

    @property
    def place(self) -> str:
        """The file or the table, as it is named here."""
        return self.file or self.table

    @property
    def kind(self) -> str:
        """The format, told by the ending when it is not given."""
        return self.format or ("parquet" if self.file.endswith(".parquet") else "csv")


class Join(File):
    """A file looked up for each row; its columns are known by `prefix` and their name."""

    on: dict[str, str] = Field(min_length=1)
    prefix: str = ""


class Source(File):
    """Where rows of a subject come from; without `columns`, from columns of the same name."""

    joins: tuple[Join, ...] = ()
    columns: dict[str, ExpressionText] | None = None


class SubjectMapping(_Part):
    """How one subject is filled.

    Attributes
    ----------
    done_marker : str
        A file that must be there before the day may be loaded.
    latest_by : str
        Of rows with one key, the one where this is greatest counts: corrections.
    stale_after_days : int
        Warn when the newest row is older.
    assumption : str
        Names why current-only data may stand for a past day.
    optional : bool
        No file yet means no rows yet; otherwise it is a finding.
    """

    sources: tuple[Source, ...] = Field(min_length=1)
    done_marker: FilePattern | None = None
    latest_by: ExpressionText | None = None
    stale_after_days: int | None = Field(default=None, ge=1)
    assumption: str | None = None
    optional: bool = False


class Mapping(_Part):
    """All of it; see the module's example."""

    source_day: Literal["daily"] | date
    root: str = "."
    assumptions: tuple[Assumption, ...] = ()
    absent: tuple[Absence, ...] = ()
    codes: dict[str, dict[str, str]] = Field(default_factory=dict)
    subjects: dict[str, SubjectMapping]

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, data: Any) -> Any:
        """One absence for each of the `columns` that a line lists."""
        if not isinstance(data, dict) or not isinstance(data.get("absent"), list):
            return data
        expanded: list[Any] = []
        for item in data["absent"]:
            if isinstance(item, dict) and isinstance(item.get("columns"), list):
                rest = {key: value for key, value in item.items() if key != "columns"}
                expanded += [{**rest, "column": column} for column in item["columns"]]
            else:
                expanded.append(item)
        return {**data, "absent": expanded}

    @model_validator(mode="after")
    def _agree(self) -> Mapping:
        problems = list(_problems(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @cached_property
    def hash(self) -> str:
        """A hash of the whole mapping."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    def is_absent(self, name: str, column: str | None = None) -> bool:
        """Whether a subject, or a column of it, is declared absent."""
        return any(item.subject == name and item.column in {None, column} for item in self.absent)

    def root_for(self, root: Path, as_of: date) -> Path:
        """The bank's folder for a day: `root` resolves against the workspace's folder."""
        return root / self.root.replace(DAY, as_of.isoformat())


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping.

    Raises
    ------
    MappingError
        Lists everything that is wrong with it, and where.
    DefinitionError
        It is not YAML, or says something twice; names the line.
    """
    try:
        content = read_yaml(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise MappingError(
            f"Cannot read the mapping {path}: {error.strerror}. "
            "Write one, or correct [mart] mapping in journeykit.toml."
        ) from error
    except UnicodeDecodeError as error:
        raise MappingError(f"{path} is not UTF-8 text. Save it as UTF-8.") from error
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        found = [_sentence(item) for item in error.errors()]
        raise MappingError(f"{path}: {'; '.join(found)}. Correct the mapping.") from error


def _sentence(item: Any) -> str:
    place = ".".join(str(part) for part in item["loc"])
    return f"{place}: {item['msg']}" if place else str(item["msg"])


def _problems(mapping: Mapping) -> Iterator[str]:
    stated = {assumption.name for assumption in mapping.assumptions}
    for item in mapping.absent:
        yield from _absence_problems(item)
    for name, filled in mapping.subjects.items():
        if name not in SUBJECTS:
            yield from _unknown(lambda name=name: subject(name))
            continue
        if name not in DELIVERED:
            yield f"{name} is made by journeykit alone; take it out of the mapping"
        if mapping.is_absent(name):
            yield f"{name} is mapped and declared absent"
        if filled.assumption is not None and filled.assumption not in stated:
            yield f"{name}: the assumption '{filled.assumption}' is not among `assumptions` ({_list(stated)})"
        for source in filled.sources:
            yield from _source_problems(mapping, SUBJECTS[name], source)


def _absence_problems(item: Absence) -> Iterator[str]:
    if item.subject not in SUBJECTS:
        yield from _unknown(lambda: subject(item.subject))
    elif item.column is not None:
        try:
            if subject(item.subject).column(item.column).required:
                place = f"{item.subject}.{item.column}"
                yield f"{place} is required and cannot be absent; declare the subject absent"
        except JourneykitError as error:
            yield str(error)


def _source_problems(mapping: Mapping, declared: Subject, source: Source) -> Iterator[str]:
    for column, text in (source.columns or {}).items():
        yield from _unknown(lambda column=column: declared.column(column))
        if mapping.is_absent(declared.name, column):
            yield f"{declared.name}.{column} is mapped and declared absent"
        missing = code_lists_of(parse(text)) - set(mapping.codes)
        if missing:
            place = f"{declared.name}.{column}"
            yield f"{place}: no code list {_list(missing)} under `codes` ({_list(mapping.codes)})"


def _unknown(look_up: Any) -> Iterator[str]:
    try:
        look_up()
    except JourneykitError as error:
        yield str(error)


def _list(names: Any) -> str:
    return ", ".join(sorted(names)) or "none"
