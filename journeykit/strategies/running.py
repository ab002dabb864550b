"""One version of a strategy on one day: whose people it moves, and whether anybody enters or is contacted."""

from __future__ import annotations

from dataclasses import dataclass

from journeykit.strategies.graph import Strategy


@dataclass(frozen=True)
class Running:
    """A version that has people, or may get some.

    Attributes
    ----------
    strategy : Strategy
        The graph its people stand in.
    version : str
        Its hash.
    enrols : bool
        Whether members of the segment enter.
    moves : bool
        Whether people move on and are contacted; a paused strategy only lets go.
    takes_over : tuple of str
        Earlier versions whose people become this version's where their node still exists.
    leaves_as : str
        The reason with which everybody leaves; empty where people stay.
    """

    strategy: Strategy
    version: str
    enrols: bool = True
    moves: bool = True
    takes_over: tuple[str, ...] = ()
    leaves_as: str = ""
