"""The saved versions of a segment, in ``scheduled/segments/history/<name>.yaml``: who changed it, and why."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from journeykit.display import Table
from journeykit.errors import DefinitionError, InUseError, JourneykitError, unknown_name
from journeykit.files import hold_lock, publish_text
from journeykit.segments.segment import Segment, segments_folder
from journeykit.yaml_files import definition_error, read_yaml, to_yaml

_Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")
]


class Version(BaseModel):
    """One saved definition of a segment.

    Attributes
    ----------
    version : str
        Twelve hex digits of the definition's hash; the digests of its lists are part of that.
    author, reason : str
        Who saved it and why; empty where nobody said, as when the file was changed by other means.
    at : datetime
        When it was saved, local time.
    definition : dict
        The segment in its JSON form.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    author: _Line
    reason: _Line
    at: datetime
    definition: dict[str, Any]

    @property
    def segment(self) -> Segment:
        """The segment as it was saved then."""
        return Segment.model_validate(self.definition)


@dataclass(frozen=True)
class History:
    """The versions of a segment, the first one first; ``history["<version>"]`` is the segment of one.

    Attributes
    ----------
    name : str
        Of the segment.
    versions : tuple of Version
        What was saved, in order. A definition that was saved again stands again.
    """

    name: str
    versions: tuple[Version, ...]

    def __getitem__(self, version: str) -> Segment:
        found = {one.version: one for one in self.versions}
        if version not in found:
            raise unknown_name(
                f"version of segment '{self.name}'", version, found,
                f'List them with jk.segment_history("{self.name}").',
            )  # fmt: skip
        return found[version].segment

    def __len__(self) -> int:
        return len(self.versions)

    def __iter__(self) -> Iterator[Version]:
        return iter(self.versions)

    def table(self) -> Table:
        """One row per version: who, when, why, and what was added (+) and taken away (-)."""
        segments = [None, *(one.segment for one in self.versions)]
        rows = tuple(
            (one.version, one.at, one.author or "unknown", one.reason, describe_change(before, after))
            for one, before, after in zip(self.versions, segments, segments[1:], strict=False)
            if after is not None
        )
        heads = ("version", "at", "author", "reason", "change")
        return Table(f"Versions of segment {self.name}", heads, rows)

    def rows(self) -> list[dict[str, Any]]:
        """The same as plain rows."""
        table = self.table()
        return [dict(zip(table.columns, row, strict=True)) for row in table.rows]

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def segment_history(name: str, *, folder: Path | None = None) -> History:
    """The saved versions of a segment.

    Parameters
    ----------
    name : str
        Of a segment.
    folder : Path, optional
        Where segments lie; by default the workspace's ``scheduled/segments``.

    Raises
    ------
    DefinitionError
        No segment of that name was ever saved, or its history is damaged.
    """
    folder = folder or segments_folder()
    known = {path.stem for part in (folder, folder / "history") for path in part.glob("*.yaml")}
    if name not in known:
        raise unknown_name("segment", name, known, f"Segments lie in {folder}.")
    return _read(name, folder)


def save_segment(segment: Segment, folder: Path, author: str, reason: str) -> Path:
    """Write a segment's file, and its version into the history; see :meth:`Segment.save`."""
    path = folder / f"{segment.name}.yaml"
    with _saving(folder, segment.name):
        saved = Segment.load(path) if path.exists() else None
        versions = _read(segment.name, folder).versions
        if saved not in (None, segment):
            if not author.strip() or not reason.strip():
                raise DefinitionError(
                    f"Segment '{segment.name}' is saved with another definition. Say who changes it, and "
                    'why: segment.save(author="...", reason="..."), or give the new one another name.'
                )
            if not versions or versions[-1].segment != saved:  # changed by other means than ours
                versions += (_version_of(saved, "", ""),)
        is_new = not versions or versions[-1].segment != segment
        if is_new:
            versions += (_version_of(segment, author, reason),)
        publish_text(path, to_yaml(segment))
        if is_new:  # last: a save killed before it is completed by the next, and told from a change by hand
            _write(folder / "history" / f"{segment.name}.yaml", versions)
        return path


def version_of(definition: Mapping[str, Any]) -> str:
    """Twelve hex digits that change when the definition, in its JSON form, changes."""
    text = json.dumps(definition, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def describe_change(before: Segment | None, after: Segment) -> str:
    """What was added (+) and taken away (-) between two definitions, condition by condition.

    Examples
    --------
    >>> from journeykit.expressions import tag
    >>> rich = Segment("rich", tag("aum") >= 500_000)
    >>> describe_change(rich, Segment("rich", (tag("aum") >= 500_000) & tag("holds_wealth")))
    '+ tag("holds_wealth")'
    """
    if before is None:
        return "first saved"
    old, new = ([repr(part) for part in one.conditions] for one in (before, after))
    found = [f"+ {part}" for part in new if part not in old] + [
        f"- {part}" for part in old if part not in new
    ]
    found += [
        f"{key}: {getattr(after, key) or 'none'}"
        for key in ("title", "title_zh")
        if getattr(after, key) != getattr(before, key)
    ]
    return "; ".join(found) or "the order of the conditions"


def _version_of(segment: Segment, author: str, reason: str) -> Version:
    definition = segment.model_dump(mode="json")
    try:
        return Version(
            version=version_of(definition),
            author=author,
            reason=reason,
            at=datetime.now().replace(microsecond=0),
            definition=definition,
        )
    except ValidationError as error:
        raise definition_error(f"segment '{segment.name}'", error) from error


def _write(path: Path, versions: tuple[Version, ...]) -> None:
    content = [one.model_dump(mode="json") for one in versions]
    publish_text(path, yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110))


def _read(name: str, folder: Path) -> History:
    path = folder / "history" / f"{name}.yaml"
    advice = "Restore it from a backup or from version control."
    if not path.exists():
        return History(name, ())
    try:
        content = read_yaml(path.read_text(encoding="utf-8"), str(path))
        versions = tuple(Version.model_validate(one) for one in content)
        for one in versions:
            if one.version != version_of(one.definition) or one.segment.name != name:
                raise DefinitionError(f"version {one.version} was changed after it was saved")
    except (OSError, UnicodeDecodeError, TypeError, ValidationError, JourneykitError) as error:
        what = definition_error("", error) if isinstance(error, ValidationError) else error
        raise DefinitionError(f"The history {path} is damaged: {str(what).strip(': .')}. {advice}") from error
    return History(name, versions)


@contextmanager
def _saving(folder: Path, name: str) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(hold_lock(folder / "history" / f".{name}.lock"))
        except InUseError as error:
            raise InUseError(
                f"Segment '{name}' is being saved by process {error.holder}. Save it again.", error.holder
            ) from error
        yield
