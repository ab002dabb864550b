"""Channels: how leads leave the bank's decision for the people and systems that act on them."""

from journeykit.channels.exporting import ChannelExport, export_run, open_vault
from journeykit.channels.lines import preview

__all__ = ["ChannelExport", "export_run", "open_vault", "preview"]
