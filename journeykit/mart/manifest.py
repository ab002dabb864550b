"""What one load of one day is made of: files, and what the bank said about its data."""

from __future__ import annotations

import hashlib
from datetime import date

from pydantic import BaseModel, ConfigDict

from journeykit.contract import subject

WHOLE = "all"
"""The partition of a subject that is not kept by month."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceFile(_Value):
    """One landed Parquet file; `path` is relative to the mart's folder."""

    subject: str
    partition: str
    path: str
    rows: int
    sha256: str


class Absence(_Value):
    """A subject, or one column of it, that the bank does not have, and why."""

    subject: str
    column: str | None = None
    reason: str


class Assumption(_Value):
    """Something the bank states instead of proving; every report prints it."""

    name: str
    text: str
    text_zh: str = ""


class SourceManifest(_Value):
    """The immutable record of a load.

    Attributes
    ----------
    as_of : date
        The last day that is seen.
    files : tuple of SourceFile
        The landed files.
    mapping_hash : str
        Of the mapping they were read with.
    absent : tuple of Absence
        What the bank does not have, or does not have of that day.
    assumptions : tuple of Assumption
        What the bank states instead of proving.
    assumed : tuple of str
        Subjects whose current values may, by such an assumption, stand for an earlier day.
    shown_on : date or None
        The later day that the files show, where this is an earlier view of another load.

    Examples
    --------
    >>> SourceManifest(as_of=date(2026, 5, 29), files=(), mapping_hash="0" * 12).load_id
    '33dcf085fef7'
    """

    as_of: date
    files: tuple[SourceFile, ...]
    mapping_hash: str
    absent: tuple[Absence, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    assumed: tuple[str, ...] = ()
    shown_on: date | None = None

    @property
    def load_id(self) -> str:
        """A hash of everything in the manifest: equal content, equal load."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]

    def to_json(self) -> str:
        """The manifest as text, the same for the same content."""
        return self.model_dump_json(indent=1)

    def of(self, name: str) -> tuple[SourceFile, ...]:
        """The files of a subject, oldest partition first."""
        return tuple(file for file in self.files if file.subject == subject(name).name)

    def rows(self, name: str) -> int:
        """How many rows of a subject were landed."""
        return sum(file.rows for file in self.of(name))

    def is_absent(self, name: str, column: str | None = None) -> bool:
        """Whether a subject, or a column of it, was declared absent."""
        return self.why_absent(name, column) is not None

    def why_absent(self, name: str, column: str | None = None) -> str | None:
        """The reason why a subject, or a column of it, is absent; None when it is not."""
        wanted = {None, column}
        reasons = (item.reason for item in self.absent if item.subject == name and item.column in wanted)
        return next(reasons, None)
