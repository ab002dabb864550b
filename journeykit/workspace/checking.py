"""A strategy is checked against this workspace's offers and channels, and against today's customers."""

from __future__ import annotations

from journeykit.display import Table
from journeykit.errors import StoreError
from journeykit.i18n import label
from journeykit.mart.mart import Mart
from journeykit.settings import Settings, load_settings
from journeykit.strategies.checking import Finding, check_strategy
from journeykit.strategies.checking.audience import check_audience
from journeykit.strategies.checking.findings import find
from journeykit.strategies.expecting import expect_mart, expect_strategy
from journeykit.strategies.graph import Strategy
from journeykit.strategies.playbook import Playbook, load_readable
from journeykit.vault import Vault
from journeykit.workspace.opening import open_ledger


def check(strategy: Strategy, mart: Mart, language: str = "en") -> Table:
    """What is wrong with a strategy, node by node, with the remedy; an empty table when it is sound.

    Today's customers are looked at once the strategy is sound by itself, and when tags are built.

    Parameters
    ----------
    language : str
        ``en`` or ``zh``.
    """
    expect_strategy(strategy, "jk.check(plan, mart)")
    expect_mart(mart, "jk.check(plan, jk.connect())")
    return findings_table(strategy, find_all(strategy, mart), language)


def find_all(strategy: Strategy, mart: Mart) -> tuple[Finding, ...]:
    """What is wrong with a strategy, errors first."""
    settings = load_settings()
    playbook = load_readable(settings.scheduled)
    found = check_strategy(strategy, mart.tags, playbook.offers, playbook.channels)
    if mart.build_id is not None and all(one.severity != "error" for one in found):
        audience = look_at_audience(strategy, mart, playbook, settings)
        found = tuple(sorted((*found, *audience), key=lambda finding: finding.severity))
    return found


def findings_table(strategy: Strategy, found: tuple[Finding, ...], language: str = "en") -> Table:
    """Findings as :func:`check` shows them."""
    rows = tuple((label(f"check.{one.severity}", language), one.node, one.text(language)) for one in found)
    heads = tuple(label(f"check.{one}", language) for one in ("severity", "node", "remedy"))
    count = f"{len(rows)}" if rows else label("check.none", language)
    return Table(label("check.title", language).format(strategy.name, count), heads, rows)


def look_at_audience(
    strategy: Strategy, mart: Mart, playbook: Playbook, settings: Settings
) -> tuple[Finding, ...]:
    """The vault may belong to another account, which then is who can tell whom a contact reaches."""
    ledger = open_ledger(settings)
    try:
        vault = Vault.open(settings.var / "vault")
    except StoreError:
        ledger.close()
        return (find(strategy.name, "nodes", "no_vault"),)
    try:
        return check_audience(strategy, mart, ledger, vault, playbook)
    finally:
        vault.close()
        ledger.close()
