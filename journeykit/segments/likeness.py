"""What a lookalike is learned from: its tag, its model, and the tags that it may not use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from journeykit.contract import Type
from journeykit.errors import DefinitionError
from journeykit.models.model import Model, check_model, lineage
from journeykit.segments.composing import shorten
from journeykit.segments.segment import Segment
from journeykit.tags import Catalogue, Score, Tag

PROTECTED = {
    "gender": (
        "A customer's sex must not decide how the bank treats them.",
        "性别不得影响银行如何对待客户。",
    ),
    "marital_status": (
        "Whether somebody is married must not decide how the bank treats them.",
        "婚姻状况不得影响银行如何对待客户。",
    ),
}
"""Tags that no lookalike may use, and why."""

_OF_SEED = "It is part of the seed's own condition.", "属于种子客群自身的条件。"
_SENSITIVE = (
    "It is sensitive (class C3), and was not named as a feature.",
    "属于敏感信息（C3级），且未指定为特征。",
)


@dataclass(frozen=True)
class Likeness:
    """How much customers resemble those of a seed, as a tag and as a model to be learned.

    Attributes
    ----------
    seed : Segment
        Whom the others are compared with.
    name : str
        Of the tag and of the model.
    catalogue : Catalogue
        The tags there are.
    """

    seed: Segment
    name: str
    catalogue: Catalogue

    @property
    def title(self) -> str:
        """What an English reader sees."""
        return f"Likeness to {self.seed.title or self.seed.name}"

    @property
    def title_zh(self) -> str:
        """And a Chinese one."""
        return f"与“{self.seed.title_zh or self.seed.title or self.seed.name}”的相似度"

    @property
    def tag(self) -> Tag:
        """The score as a tag, which the next build computes for everyone."""
        return Tag(
            name=self.name,
            title=self.title,
            title_zh=self.title_zh,
            description=f"How much a customer resembles those of {self.seed.name}, 0 to 1; see the card.",
            description_zh=f"客户与客群{self.seed.name}的相似程度（0至1），见模型卡。",
            family="propensities",
            type=Type.RATE,
            compute=Score(model=self.name),
        )

    def model(self, features: Sequence[str], barred: dict[str, tuple[str, str]]) -> Model:
        """The model with these features; what is barred, and what rests on it, is refused."""
        model = Model(
            name=self.name,
            title=self.title,
            title_zh=self.title_zh,
            features=tuple(features),
            outcome=self.seed.where,
            horizon_days=0,
            barred={name: reason for name, (reason, _) in barred.items()},
            barred_zh={name: reason for name, (_, reason) in barred.items()},
        )
        check_model(model, self.catalogue)
        return model

    def model_of(self, features: Sequence[str]) -> Model:
        """The model with the features that somebody named, sensitive ones too."""
        barred = self._barred()
        return self.model(features, {**barred, **self._sensitive(barred, features)})

    def model_of_all(self, built: Sequence[str]) -> Model:
        """The model with every tag that is built and may be used."""
        barred = self._barred()
        barred.update(self._sensitive(barred))
        usable = [name for name in built if name in self.catalogue and self._fits(name, barred)]
        if not usable:
            raise DefinitionError(
                f"No built tag may tell who resembles '{self.seed.name}': all are barred, days or scores. "
                "Name the tags to learn from: jk.lookalike(seed, mart, features=[...])."
            )
        return self.model(usable, barred)

    def _barred(self) -> dict[str, tuple[str, str]]:
        """What is never used: tags of the seed's condition, all they are made of, and the protected ones."""
        behind = {below.name for name in self.seed.tags() for below in lineage(self.catalogue, name)}
        return dict.fromkeys(sorted(behind), _OF_SEED) | PROTECTED

    def _sensitive(
        self, barred: dict[str, tuple[str, str]], named: Sequence[str] = ()
    ) -> dict[str, tuple[str, str]]:
        """Sensitive tags that nobody named."""
        found = (name for name, handle in self.catalogue.items() if handle.tag.sensitivity == "C3")
        return {name: _SENSITIVE for name in found if name not in named and name not in barred}

    def _fits(self, name: str, barred: dict[str, tuple[str, str]]) -> bool:
        try:
            self.model([name], barred)
        except DefinitionError:
            return False
        return True


def name_likeness(seed: Segment) -> str:
    """What the tag and the model of a seed are called when nobody says."""
    return shorten(f"like_{seed.name}", 60)
