"""Where the mart's files lie, and the pointers that say which of them are current (design D2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from journeykit.errors import DataError, StoreError
from journeykit.files import publish_text
from journeykit.mart.manifest import SourceManifest

POINTER = "current"


@dataclass(frozen=True)
class MartStore:
    """The folder `var/mart`: landed sources, load manifests, tag snapshots.

    Nothing in it is ever changed but the pointers, which are swapped by a rename.
    """

    root: Path

    def source_path(self, subject: str, partition: str, sha256: str) -> Path:
        """Where a landed file with this content belongs."""
        return self.root / "sources" / subject / partition / f"{sha256[:12]}.parquet"

    def manifest_path(self, as_of: date, load_id: str) -> Path:
        """Where the manifest of a load belongs."""
        return self.root / "loads" / as_of.isoformat() / f"{load_id}.json"

    def snapshot_path(self, as_of: date, build_id: str) -> Path:
        """Where the tag snapshot of a build belongs."""
        return self.root / "tags" / as_of.isoformat() / f"{build_id}.duckdb"

    def publish_load(self, manifest: SourceManifest) -> None:
        """Write a manifest and make it the current load of its day."""
        publish_text(self.manifest_path(manifest.as_of, manifest.load_id), manifest.to_json())
        self._point("loads", manifest.as_of, manifest.load_id)

    def publish_build(self, as_of: date, build_id: str) -> None:
        """Make a snapshot, already written, the current build of its day."""
        self._point("tags", as_of, build_id)

    def current_load(self, as_of: date) -> str | None:
        """The id of a day's current load, if it has one."""
        return self._current("loads", as_of)

    def load(self, as_of: date, load_id: str | None = None) -> SourceManifest:
        """A load of a day; the current one when none is named.

        Raises
        ------
        DataError
            Nothing was loaded for that day.
        StoreError
            The manifest, or a file it names, is missing or damaged.
        """
        command = f"journeykit mart load --as-of {as_of}"
        load_id = load_id or self.current_load(as_of)
        if load_id is None:
            days = self.loads()
            have = f"Loaded days: {days[0]} to {days[-1]}." if days else "No day is loaded yet."
            raise DataError(f"Nothing is loaded for {as_of}. {have} Load it with: {command}")
        path = self.manifest_path(as_of, load_id)
        try:
            manifest = SourceManifest.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise StoreError(f"{path} is missing or damaged. Load the day again with: {command}") from error
        if manifest.load_id != load_id:
            raise StoreError(f"{path} was changed after it was written. Load the day again with: {command}")
        for file in manifest.files:
            if not (self.root / file.path).is_file():
                raise StoreError(f"{self.root / file.path} is missing. Load the day again with: {command}")
        return manifest

    def loads(self) -> list[date]:
        """The days that have a current load, oldest first."""
        return self._days("loads")

    def current_build(self, as_of: date) -> str | None:
        """The id of a day's current tag build, if it has one."""
        return self._current("tags", as_of)

    def builds(self) -> dict[date, str]:
        """The current build of every day that has one, oldest first."""
        found = {day: self._current("tags", day) for day in self._days("tags")}
        return {day: build_id for day, build_id in found.items() if build_id is not None}

    def _pointer(self, area: str, as_of: date) -> Path:
        return self.root / area / as_of.isoformat() / POINTER

    def _point(self, area: str, as_of: date, name: str) -> None:
        publish_text(self._pointer(area, as_of), name + "\n")

    def _current(self, area: str, as_of: date) -> str | None:
        pointer = self._pointer(area, as_of)
        try:
            return pointer.read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"Cannot read {pointer}: {error.strerror}. Fix its permissions.") from error

    def _days(self, area: str) -> list[date]:
        return sorted(date.fromisoformat(path.parent.name) for path in self.root.glob(f"{area}/*/{POINTER}"))
