"""Who resembles the customers of a seed: a model of who is in it, and what it says of everybody else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import sklearn

from journeykit.errors import DefinitionError
from journeykit.expressions import And, AnyNode, Not, Or
from journeykit.expressions.nodes import Sample
from journeykit.mart.mart import Mart
from journeykit.mart.scope import CUSTOMER_ID
from journeykit.models.card import ModelCard, TrainingData, make_card
from journeykit.models.learning import FEWEST, Fitted, fit
from journeykit.models.model import Model, UntrainableError, read_as
from journeykit.models.scoring import TrainedModel
from journeykit.models.store import ModelStore
from journeykit.models.training import MOST_ROWS, refuse_weak, titles_of
from journeykit.segments.choosing import choose_features
from journeykit.segments.composing import shorten
from journeykit.segments.likeness import Likeness, name_likeness
from journeykit.segments.lists import save_list
from journeykit.segments.members import identify_build
from journeykit.segments.segment import Segment
from journeykit.tags import Tag
from journeykit.tags.catalogue import name_of

METHOD = 1
"""Goes into every model_id: raise it when the same seed begins to be learned otherwise."""

CHOOSING_ROWS = 20_000
"""So many customers are read with every tag, to choose those that are read of more."""

PART = 500_000
"""So many customers are scored at once."""


@dataclass(frozen=True)
class Lookalike:
    """A model of who resembles a seed, and how much everybody outside the seed does; prints as its card.

    Attributes
    ----------
    seed : Segment
        Whom the others are compared with.
    tag : Tag
        The score; the next build of tags computes it for everyone.
    trained : TrainedModel
        The model; its card says how well it tells the seed from the rest.
    scores : pyarrow.Table
        ``customer_id`` and ``score`` of everybody outside the seed, the most alike first.
    """

    seed: Segment
    tag: Tag
    trained: TrainedModel
    scores: pa.Table

    @property
    def card(self) -> ModelCard:
        """The card of the model."""
        return self.trained.card

    def ids(self, count: int) -> list[str]:
        """The `count` customers outside the seed who resemble it most; of equals the lower id first."""
        if count < 1:
            raise DefinitionError(f"{count} customers cannot be chosen. Ask for 1 or more.")
        return self.scores[CUSTOMER_ID].slice(0, count).to_pylist()

    def segment(self, count: int, name: str = "", *, folder: Path | None = None) -> Segment:
        """The `count` customers outside the seed who resemble it most, as a segment of a frozen list.

        Once the tag is built, ``(~seed).top(count, by=tag)`` means the same, judged anew each day.

        Parameters
        ----------
        count : int
            How many.
        name : str, optional
            Of the segment and its list.
        folder : Path, optional
            Of lists; by default the workspace's ``scheduled/lists``.
        """
        if isinstance(count, bool) or not isinstance(count, int):
            raise DefinitionError(
                f"{count!r} is no number of customers. Say how many first, then a name if you like: "
                '.segment(1_000, "the_likest").'
            )
        name = name or shorten(f"{self.tag.name}_{count}")
        kept = save_list(name, self.ids(count), folder=folder)
        first, first_zh = f"first {len(kept.ids):,}", f"前{len(kept.ids):,}名"
        return Segment(
            name, kept.node, title=f"{self.tag.title}, {first}", title_zh=f"{self.tag.title_zh}{first_zh}"
        )

    def __repr__(self) -> str:
        return repr(self.card)

    def _repr_html_(self) -> str:
        return self.card._repr_html_()


def lookalike(
    seed: Segment,
    mart: Mart,
    models: ModelStore,
    *,
    features: Iterable[object] | None = None,
    name: str | None = None,
) -> Lookalike:
    """Learn who is in a seed against everybody else, and score those who are not.

    Parameters
    ----------
    seed : Segment
        At least 50 customers.
    mart : Mart
        Its day counts.
    models : ModelStore
        Where the model is kept.
    features : iterable of tags, optional
        What to learn from. By default every tag that is built but days, scores, sensitive ones and those
        that alone tell who is in the seed; of these the 40 that each tell it best. Tags of the seed's
        condition, what they are made of and what rests on them are never used, nor are sex and marital
        status. What is barred stands on the card.
    name : str, optional
        Of the model and its tag; ``like_<seed>`` when left out.

    Returns
    -------
    Lookalike
        With more than 200,000 customers the model learns from the seed and from others drawn by lot: scores
        then rank customers rightly, but are higher than the share of the seed among all.

    Raises
    ------
    DefinitionError
        A feature is barred or no tag, or the name is taken.
    DataError
        The seed or the rest is too small, or they can hardly be told apart.
    """
    if not isinstance(seed, Segment):
        raise DefinitionError(
            f"A lookalike needs a segment as its seed, and this is of the type {type(seed).__name__}. Name "
            "the group whom others may resemble, which not everybody is in: "
            'jk.lookalike(jk.Segment("rich", t.aum >= 500_000), mart).'
        )
    likeness = Likeness(seed, name or name_likeness(seed), mart.tags)
    _refuse_taken(likeness, models)
    members = set(mart.ids(seed))
    others = mart.count(mart.everyone) - len(members)
    _refuse_small(seed, mart, len(members), others)
    if features is None:
        model = likeness.model_of_all(list(mart.scope.tags))
    else:
        model = likeness.model_of([name_of(one) for one in features])
    model_id = _identify(model, mart)
    if models.holds(model.name, model_id):
        trained = models.load(model.name, model_id)
        models.point(trained.card)
    else:
        if features is None:
            model = choose_features(model, *_read(model, mart, members, others, CHOOSING_ROWS))
        card, fitted = _learn(model, model_id, mart, *_read(model, mart, members, others, MOST_ROWS))
        trained = models.publish(card, fitted.pipeline)
    return Lookalike(seed, likeness.tag, trained, _score_others(trained, seed, mart, others))


def _refuse_taken(likeness: Likeness, models: ModelStore) -> None:
    name, known, tag = likeness.name, likeness.catalogue, likeness.tag
    is_tag = name in known and known[name].tag.compute != tag.compute
    if is_tag or (name in models.names() and not models.card(name).model.is_lookalike):
        raise DefinitionError(
            f"'{name}' is already the name of a {'tag' if is_tag else 'model'}. Give the lookalike another "
            'one: jk.lookalike(seed, mart, name="...").'
        )


def _refuse_small(seed: Segment, mart: Mart, members: int, others: int) -> None:
    for count, where, where_zh, advice in (
        (members, "in it", "客群内", "larger"),
        (others, "outside it", "客群外", "smaller"),
    ):
        if count < FEWEST:
            raise UntrainableError(
                f"Segment '{seed.name}': as of {mart.as_of} {count:,} customers are {where}; at least "
                f"{FEWEST} are needed to learn who resembles it. Take a {advice} seed.",
                f"截至{mart.as_of}，{where_zh}仅{count:,}名客户，至少需要{FEWEST}名。",
            )


def _read(
    model: Model, mart: Mart, members: set[str], others: int, most: int
) -> tuple[pd.DataFrame, np.ndarray]:
    """The features of everybody, or by lot of as many as there is room for, the seed first; who is in it."""
    seed, salt = model.outcome, model.name
    kept = min(len(members), max(most // 2, most - others))
    inside = Sample(share=_share(kept, len(members)), salt=salt)
    outside = Sample(share=_share(most - kept, others), salt=salt)
    drawn = Or(operands=(And(operands=(seed, inside)), And(operands=(Not(operand=seed), outside))))
    rows = mart.frame(Segment("drawn", drawn), model.features)
    return rows, rows[CUSTOMER_ID].isin(members).to_numpy(dtype=bool)


def _share(count: int, of: int) -> Decimal:
    return min(Decimal(1), round(Decimal(count) / of, 9))


def _identify(model: Model, mart: Mart) -> str:
    """The id of a training: the definitions of seed and tags, the tag builds, the method and the library."""
    behind = (f"{name} {read_as(name, mart.tags).digest}" for name in (*model.tags, *model.outcome_tags))
    parts = [
        f"lookalike {METHOD} {sklearn.__version__} {identify_build(model.outcome, mart)} {mart.as_of}",
        model.model_dump_json(),
    ]
    return hashlib.sha256("\n".join([*parts, *behind]).encode()).hexdigest()[:12]


def _learn(
    model: Model, model_id: str, mart: Mart, rows: pd.DataFrame, outcome: np.ndarray
) -> tuple[ModelCard, Fitted]:
    fitted = fit(model, rows, outcome)
    data = TrainingData(
        load_id=mart.manifest.load_id,
        feature_day=mart.as_of,
        outcome_day=mart.as_of,
        customers=mart.count(mart.everyone),
        rows=len(rows),
        positives=int(outcome.sum()),
    )
    reads = {name: read_as(name, mart.tags) for name in model.tags}
    card = make_card(model, model_id, data, fitted, titles_of(model, mart.tags), reads=reads)
    refuse_weak(card)
    return card, fitted


def _score_others(trained: TrainedModel, seed: Segment, mart: Mart, others: int) -> pa.Table:
    """What the model says of everybody outside the seed, the highest first."""
    found = []
    for part in _parts(trained.card.model.name, -(-others // PART)):
        audience = Segment("part", And(operands=(Not(operand=seed.where), *part)))
        table = pa.Table.from_pandas(mart.frame(audience, trained.features), preserve_index=False)
        scores = trained.score(table)
        found.append(pa.table({CUSTOMER_ID: table[CUSTOMER_ID].cast(pa.string()), "score": scores}))
    return pa.concat_tables(found).sort_by([("score", "descending"), (CUSTOMER_ID, "ascending")])


def _parts(salt: str, count: int) -> Iterator[tuple[AnyNode, ...]]:
    """Conditions that cut everybody into so many parts of about the same size."""
    edges = [_share(number, count) for number in range(count + 1)]
    for low, high in pairwise(edges):
        yield Sample(share=high, salt=salt), Not(operand=Sample(share=low, salt=salt))
