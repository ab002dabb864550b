"""Strategies to start from, ready to be looked at, adapted and saved."""

from journeykit.preset.acquiring import ACQUIRE
from journeykit.preset.activating import ACTIVATE
from journeykit.preset.caring import CARE
from journeykit.preset.preset import Preset
from journeykit.preset.retaining import RETAIN
from journeykit.preset.shelf import Shelf

presets = Shelf((*ACQUIRE, *ACTIVATE, *RETAIN, *CARE))
"""Every preset, by name."""

__all__ = ["Preset", "Shelf", "presets"]
