"""Which tags a lookalike learns from: those that tell its seed apart best, but do not give it away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from sklearn.metrics import roc_auc_score

from journeykit.models.card import TELLING
from journeykit.models.encoding import encode, learn_vocabulary
from journeykit.models.model import Model, UntrainableError

MOST_FEATURES = 40
"""So many tags are kept: more would slow down every build, and tell hardly more."""

_TELLS = "It alone tells who is in the seed (AUC {:.3f}): it is the seed's condition in other words."
_TELLS_ZH = "仅凭该标签即可区分种子客群（AUC {:.3f}），等同于其条件本身。"


def choose_features(model: Model, rows: pd.DataFrame, outcome: np.ndarray) -> Model:
    """The model with the features that each tell the seed apart best, and those barred that tell it whole."""
    table = pa.Table.from_pandas(rows, preserve_index=False)
    known = [name for name in model.features if table[name].null_count < len(table)]
    alone = measure_alone(table, known, outcome)
    usable = [name for name in known if alone[name] < TELLING]
    if not usable:
        raise UntrainableError(
            f"Model '{model.name}': every tag there is to learn from itself tells who is in the seed. "
            "Name the tags to learn from: jk.lookalike(seed, mart, features=[...]).",
            "除等同于种子条件的标签外，已无可供学习的标签。请用 features 指定特征。",
        )
    best = sorted(usable, key=lambda name: (-alone[name], name))[:MOST_FEATURES]
    barred = {name: _TELLS.format(alone[name]) for name in known if name not in usable}
    barred_zh = {name: _TELLS_ZH.format(alone[name]) for name in barred}
    return model.model_copy(
        update={
            "features": tuple(name for name in known if name in best),
            "barred": {**model.barred, **barred},
            "barred_zh": {**model.barred_zh, **barred_zh},
        }
    )


def measure_alone(table: pa.Table, features: Sequence[str], outcome: np.ndarray) -> dict[str, float]:
    """How well each feature alone tells the outcome: its AUC in whichever direction; 1 tells it whole.

    Missing counts as the lowest value, a text as the share of the outcome among those who have it.
    """
    vocabulary = learn_vocabulary(table, features)
    frame, found = encode(table, features, vocabulary), {}
    for name in features:
        column = frame[name]
        shares = pd.Series(outcome, column.index).groupby(column).transform("mean")
        auc = roc_auc_score(outcome, shares if name in vocabulary else column.rank(na_option="top"))
        found[name] = max(auc, 1 - auc)
    return found
