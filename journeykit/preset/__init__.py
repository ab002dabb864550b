"""Strategies to start from, ready to be looked at, adapted and saved."""

from journeykit.preset.acquiring import ACQUIRE
from journeykit.preset.activating import BUYS
from journeykit.preset.caring import CARE
from journeykit.preset.countryside import COUNTRYSIDE
from journeykit.preset.preset import Preset
from journeykit.preset.retaining import RETAIN
from journeykit.preset.shelf import Shelf
from journeykit.preset.using import USES

presets = Shelf((*ACQUIRE, *BUYS, *USES, *RETAIN, *CARE, *COUNTRYSIDE))
"""Every preset, by name."""

__all__ = ["Preset", "Shelf", "presets"]
