"""A load seen on an earlier day: what its files can tell of that day, and what they cannot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from journeykit.contract import Subject, Time, subject
from journeykit.errors import DataError
from journeykit.mart.manifest import WHOLE, Absence, SourceManifest
from journeykit.mart.sources import LANDED


def see_earlier(manifest: SourceManifest, as_of: date) -> SourceManifest:
    """The same files as of an earlier day.

    Rows that came to be later are not seen, nor those that the bank learned of later (a transaction booked
    days after it occurred, or corrected since), nor ends of periods after that day; a row of which nobody
    noted when it was booked is taken for known. What is known only as it is on the day of the load is absent,
    unless the bank's mapping named an assumption for the subject.

    Parameters
    ----------
    manifest : SourceManifest
        A load.
    as_of : date
        Its own day, which changes nothing, or an earlier one.

    Raises
    ------
    DataError
        The load does not reach that day.

    Examples
    --------
    >>> load = SourceManifest(as_of=date(2026, 5, 29), files=(), mapping_hash="")
    >>> earlier = see_earlier(load, date(2026, 2, 27))
    >>> [item.reason for item in earlier.absent if item.column == "used"]
    ['known only as it is on 2026-05-29']
    >>> earlier.is_absent("customer", "gender"), earlier.is_absent("customer", "since")
    (True, False)
    """
    if as_of > manifest.as_of:
        raise DataError(
            f"The load of {manifest.as_of} cannot show {as_of}, which is later. "
            f"Load that day with: journeykit mart load --as-of {as_of}"
        )
    if as_of == manifest.as_of:
        return manifest
    month = f"{as_of:%Y-%m}"
    return manifest.model_copy(
        update={
            "as_of": as_of,
            "shown_on": manifest.shown_on or manifest.as_of,
            "files": tuple(f for f in manifest.files if f.partition == WHOLE or f.partition <= month),
            "absent": (*manifest.absent, *_unknown_then(manifest)),
        }
    )


def known_only_today(declared: Subject) -> tuple[str, ...]:
    """The columns of a subject whose earlier values nobody kept; keys and beginnings are for ever.

    Examples
    --------
    >>> known_only_today(subject("referral"))
    ('opened', 'reward')
    >>> known_only_today(subject("branch"))
    ('name', 'district', 'region_kind')
    """
    kept = {*declared.key, declared.at}
    whole = declared.time is Time.CURRENT
    return tuple(one.name for one in declared.columns if one.current or (whole and one.name not in kept))


def is_unknown_then(manifest: SourceManifest, name: str, column: str) -> bool:
    """Whether a column is absent because the load shows a later day than the one it is seen as of."""
    shown = manifest.shown_on
    return shown is not None and manifest.why_absent(name, column) == _reason(shown)


def _unknown_then(manifest: SourceManifest) -> Iterator[Absence]:
    reason = _reason(manifest.shown_on or manifest.as_of)
    for name in LANDED:
        if name in manifest.assumed:
            continue
        for column in known_only_today(subject(name)):
            if not manifest.is_absent(name, column):
                yield Absence(subject=name, column=column, reason=reason)


def _reason(shown_on: date) -> str:
    return f"known only as it is on {shown_on}"
