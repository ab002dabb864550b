"""The people of one strategy at the end of a day: who stands where, who left, and what that changes.

A value that one day after the other turns into the next one, whether the days are decided or simulated.
"""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from journeykit.ledger.enrolments import CHANGED, ENTERED, EnrolmentChanges
from journeykit.ledger.marks import MARKED
from journeykit.strategies.nodes import CONTROL, END, Start
from journeykit.strategies.running import Running

if TYPE_CHECKING:
    from journeykit.strategies.engine import Advance

STANDING = pa.schema(
    [
        ("enrolment_id", pa.string()),
        ("customer_id", pa.string()),
        ("version", pa.string()),
        ("arm", pa.string()),
        ("entered_on", pa.date32()),
        ("node", pa.string()),
        ("node_since", pa.date32()),
    ]
)
FOUND = pa.schema([("found_version", pa.string()), ("found_node", pa.string()), ("found_since", pa.date32())])
"""Where the ledger had somebody when it was read; missing for who has entered since."""

LEFT = pa.schema([("customer_id", pa.string()), ("exited_on", pa.date32())])
_EXIT = pa.schema([("exit_reason", pa.string()), ("exited_on", pa.date32())])
_KNOWN = pa.schema([*STANDING, *FOUND])
GONE = pa.schema([*_KNOWN, *_EXIT])


@dataclass(frozen=True)
class People:
    """Everybody of one strategy, in all its versions.

    Attributes
    ----------
    standing : Table
        :data:`STANDING` and :data:`FOUND` of everybody who is active.
    left : Table
        :data:`LEFT`: one row for each enrolment that has ended.
    gone : Table
        :data:`GONE`: who has left since the ledger was read.
    marks : Table
        The marks made since.
    """

    strategy: str
    standing: pa.Table
    left: pa.Table
    gone: pa.Table
    marks: pa.Table

    @classmethod
    def nobody(cls, strategy: str) -> People:
        """A strategy that nobody has entered yet."""
        return cls.found(strategy, STANDING.empty_table(), LEFT.empty_table())

    @classmethod
    def found(cls, strategy: str, standing: pa.Table, left: pa.Table) -> People:
        """What the ledger tells: :data:`STANDING` and :data:`LEFT`."""
        where = [standing[name] for name in ("version", "node", "node_since")]
        known = pa.table([*standing.columns, *where], schema=_KNOWN)
        return cls(strategy, known, left, GONE.empty_table(), MARKED.empty_table())

    def barred(self, start: Start, as_of: date) -> pa.ChunkedArray:
        """The customers who may not enter: those in it, and those who left too short a time ago."""
        left = self.left
        if start.reentry != "never":
            days = 1 if start.reentry == "whenever" else start.reentry
            soon = pc.greater(left["exited_on"], pa.scalar(as_of - timedelta(days=days)))
            left = left.filter(soon)
        ids = [self.standing.select(["customer_id"]), left.select(["customer_id"])]
        return pa.concat_tables(ids)["customer_id"]

    def under(self, version: str) -> pa.Table:
        """Those who stand in one version's graph."""
        return self.standing.filter(pc.equal(self.standing["version"], version))

    def take_over(self, running: Iterable[Running]) -> People:
        """Give the people of earlier versions to the one that takes them over, where their node exists."""
        version = self.standing["version"]
        for one in running:
            if one.takes_over:
                nodes = pa.array([CONTROL, END, *(node.id for node in one.strategy.nodes)], pa.string())
                passes = pc.and_(
                    pc.is_in(version, value_set=pa.array(one.takes_over, pa.string())),
                    pc.is_in(self.standing["node"], value_set=nodes),
                )
                version = pc.if_else(passes, one.version, version)
        place = self.standing.schema.get_field_index("version")
        return replace(self, standing=self.standing.set_column(place, "version", version))

    def after(self, advances: Iterable[Advance]) -> People:
        """The same people at the end of a day on which some versions were advanced."""
        advances = tuple(advances)
        versions = pa.array([one.running.version for one in advances], pa.string())
        others = self.standing.filter(pc.invert(pc.is_in(self.standing["version"], value_set=versions)))
        gone = pa.concat_tables([GONE.empty_table(), *(one.gone for one in advances)])
        return replace(
            self,
            standing=pa.concat_tables([others, *(one.staying for one in advances)]),
            left=pa.concat_tables([self.left, gone.select(LEFT.names)]),
            gone=pa.concat_tables([self.gone, gone]),
            marks=pa.concat_tables([self.marks, *(one.marks for one in advances)]),
        )

    @property
    def changes(self) -> EnrolmentChanges:
        """What has changed since the ledger was read."""
        nothing = [pa.nulls(self.standing.num_rows, field.type) for field in _EXIT]
        staying = pa.table([*self.standing.columns, *nothing], schema=GONE)
        rows = pa.concat_tables([staying, self.gone])
        rows = rows.append_column("strategy", pa.repeat(self.strategy, rows.num_rows))
        differs = pc.is_valid(rows["exit_reason"])
        for name, found in zip(("version", "node", "node_since"), FOUND.names, strict=True):
            differs = pc.or_(differs, pc.not_equal(rows[name], rows[found]))
        new = pc.is_null(rows["found_node"])
        changed = pc.and_(pc.is_valid(rows["found_node"]), differs)
        return EnrolmentChanges(
            entered=rows.filter(new).select(ENTERED.names),
            changed=rows.filter(changed).select(CHANGED.names),
            marked=self.marks,
        )
