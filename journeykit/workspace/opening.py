"""What every other function of the workspace opens first: mart, catalogue, ledger."""

from __future__ import annotations

from datetime import date

from journeykit.errors import DataError, DefinitionError, SettingsError
from journeykit.ledger import Ledger
from journeykit.mart.mart import Mart
from journeykit.mart.snapshots import load_of
from journeykit.mart.store import MartStore
from journeykit.mart.warehouse.store import Warehouse
from journeykit.segments.lists import Lists
from journeykit.settings import Settings, load_settings
from journeykit.tags import Catalogue, load_catalogue


def as_day(value: date | str) -> date:
    """A day given as a date or as ISO text.

    Examples
    --------
    >>> as_day("2026-05-29")
    datetime.date(2026, 5, 29)
    """
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise DefinitionError(f"'{value}' is not a day. Write it as YYYY-MM-DD.") from error


def mart_store(settings: Settings) -> MartStore:
    """The folder of this workspace's mart."""
    return MartStore(settings.var / "mart")


def catalogue(settings: Settings | None = None) -> Catalogue:
    """The shipped tags and those of this workspace."""
    return load_catalogue((settings or load_settings()).scheduled / "tags")


def open_ledger(settings: Settings | None = None) -> Ledger:
    """Open this workspace's ledger."""
    return Ledger.open((settings or load_settings()).ledger_url)


def connect(url: str | None = None, *, as_of: date | str | None = None, build_id: str | None = None) -> Mart:
    """Open this workspace's mart, read only: a tag build and the load it was built from.

    Parameters
    ----------
    url : str, optional
        A warehouse whose tables this workspace's mapping names, such as
        ``postgresql+psycopg://user@host/database``; by default the one in ``[mart] url``, and the
        workspace's own files without any.
    as_of : date or str, optional
        A closed business day; by default the latest one whose tags are built.
    build_id : str, optional
        A certain tag build of that day; by default its current one.

    Raises
    ------
    SettingsError
        There is no workspace here.
    DataError
        Nothing is loaded or built for that day.
    """
    settings = load_settings()
    known, lists = catalogue(settings), Lists(settings.scheduled / "lists")
    warehouse = Warehouse.of(settings, _not_a_day(url))
    if warehouse is not None:
        return warehouse.open(as_day(as_of) if as_of else None, build_id, tags=known, lists=lists)
    store = mart_store(settings)
    if as_of is None:
        days = list(store.builds()) or store.loads()
        if not days:
            raise DataError(
                f"The mart of {settings.root} is empty. Load a day with: journeykit mart load --as-of DATE, "
                "or try the demonstration with: journeykit demo"
            )
        as_of = days[-1]
    day = as_day(as_of)
    build_id = build_id or store.current_build(day)
    return Mart(
        store,
        store.load(day, load_of(store, day, build_id) if build_id else None),
        build_id,
        country=settings.workspace.country,
        tags=known,
        lists=lists,
        memory_limit=settings.mart.memory_limit,
        threads=settings.mart.threads,
    )


def built_days(settings: Settings) -> list[date]:
    """The days that have a current tag build, oldest first."""
    warehouse = Warehouse.of(settings)
    return list((warehouse or mart_store(settings)).builds())


def _not_a_day(url: str | date | None) -> str:
    """The URL given; a day in its place is told how it is named."""
    if isinstance(url, date) or (url and "://" not in url):
        raise DefinitionError(
            f"'{url}' is no URL of a warehouse. Name a day so: jk.connect(as_of='YYYY-MM-DD')."
        )
    return url or ""


def need_files(settings: Settings, what: str) -> None:
    """Refuse what works on the landed files of a mart alone."""
    if settings.mart.url.get_secret_value():
        raise SettingsError(
            f"{what} reads the files of a mart, and this workspace's is in a warehouse ([mart] url). Do it "
            "in a workspace whose mapping names files."
        )
