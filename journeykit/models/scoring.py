"""Score customers with a trained model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from journeykit.compiler import compile_statement
from journeykit.contract import Type
from journeykit.dialects import SQL_TYPES, fetch_arrow, open_embedded, registered
from journeykit.errors import DataError
from journeykit.expressions import Node, tag_names
from journeykit.mart.scope import Scope
from journeykit.mart.sources import subject_table
from journeykit.models.card import ModelCard
from journeykit.models.encoding import encode
from journeykit.models.figures import PLACES

CHUNK = 20_000
"""So many rows stay in the cache: one thread then scores a million of 40 features in 5 s of CPU."""


@dataclass(frozen=True)
class TrainedModel:
    """A model ready to score: what the tag build calls a scorer."""

    card: ModelCard
    pipeline: Pipeline

    @property
    def model_id(self) -> str:
        """What was trained, on what."""
        return self.card.model_id

    @property
    def features(self) -> tuple[str, ...]:
        """The tags that :meth:`score` needs."""
        return self.card.model.tags

    @property
    def types(self) -> dict[str, Type]:
        """The types that these tags had in training."""
        return {name: tag.type for name, tag in self.card.reads.items()}

    def score(self, table: pa.Table) -> pa.Array:
        """The probability of each row, of six places; missing where the model's `where` does not hold.

        Raises
        ------
        DataError
            A tag that it needs is not in the table, or the model cannot take what is.
        """
        model = self.card.model
        scores = np.empty(len(table))
        with threadpool_limits(1):
            for begin in range(0, len(table), CHUNK):
                frame = encode(table.slice(begin, CHUNK), model.features, self.card.vocabulary)
                scores[begin : begin + CHUNK] = self._foretell(frame)
        left_out = np.zeros(len(table), bool) if model.where is None else ~find_rows(model.where, table)
        return pa.array(np.round(scores, PLACES), pa.float64(), mask=left_out)

    def _foretell(self, frame: pd.DataFrame) -> np.ndarray:
        try:
            return self.pipeline.predict_proba(frame)[:, 1]
        except Exception as error:  # a learner breaks in any way on what it does not know
            raise DataError(
                f"Model '{self.card.model.name}' ({self.model_id}) cannot score these customers: {error}. "
                "Train it anew: journeykit run train_models --as-of DATE"
            ) from error

    def __repr__(self) -> str:
        return repr(self.card)

    def _repr_html_(self) -> str:
        return self.card._repr_html_()


def find_rows(condition: Node, table: pa.Table) -> np.ndarray:
    """For each row, whether a condition over the table's columns holds; missing values fail it.

    Raises
    ------
    DataError
        A tag of the condition is not among the columns.
    """
    names = tag_names(condition)
    lacking = [name for name in names if name not in table.column_names]
    if lacking:
        raise DataError(f"To score, {', '.join(lacking)} is missing among: {', '.join(table.column_names)}.")
    types = {name: _type_of(table.schema.field(name).type) for name in names}
    numbered = table.select(list(names)).append_column("customer_id", pa.array(np.arange(len(table))))
    rows = sa.table(
        "scored",
        sa.column("customer_id", sa.BigInteger()),
        *(sa.column(name, SQL_TYPES[types[name]]) for name in names),
    )
    scope = Scope(
        as_of=date.max,  # `where` may not use as_of()
        tags={name: rows.c[name] for name in names},
        types=types,
        relation=rows,
        subjects=subject_table,
    )
    with (
        open_embedded(memory_limit="1GB", threads=2) as connection,
        registered(connection, {"scored": numbered}),
    ):
        found = fetch_arrow(connection, compile_statement(condition, scope))
    holds = np.zeros(len(table), bool)
    holds[found.column(0).to_numpy()] = True
    return holds


def _type_of(type_: pa.DataType) -> Type:
    if pa.types.is_decimal(type_) or pa.types.is_floating(type_):
        return Type.RATE
    for is_one, found in (
        (pa.types.is_boolean, Type.BOOLEAN),
        (pa.types.is_integer, Type.INTEGER),
        (pa.types.is_timestamp, Type.TIMESTAMP),
        (pa.types.is_date, Type.DATE),
    ):
        if is_one(type_):
            return found
    return Type.TEXT
