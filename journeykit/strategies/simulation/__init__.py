"""Simulation: a strategy run over the days behind us to tell of the days ahead; nothing is written."""

from journeykit.strategies.simulation.result import Simulation
from journeykit.strategies.simulation.simulating import Situation, simulate

__all__ = ["Simulation", "Situation", "simulate"]
