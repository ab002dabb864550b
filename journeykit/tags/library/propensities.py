"""What trained models expect of the customer. A tag here can be built once its model is trained."""

from decimal import Decimal

from journeykit.contract import Type
from journeykit.expressions import tag
from journeykit.tags.library._define import Text, bands, family
from journeykit.tags.tag import Score, Tag

define = family("propensities", "Data science")

BANDS = ("low", "medium", "high")
MODELS: dict[str, tuple[Text, Decimal, Decimal]] = {
    "churn": (("churn", "流失"), Decimal("0.2"), Decimal("0.5")),
    "wealth_purchase": (("wealth purchase", "理财购买"), Decimal("0.1"), Decimal("0.3")),
    "contact_response": (("contact response", "触达响应"), Decimal("0.1"), Decimal("0.3")),
}
"""Each model's title, and from which probabilities on it is medium and high."""


def score(model: str) -> Tag:
    """The probability itself."""
    en, zh = MODELS[model][0]
    return define(
        f"{model}_propensity", (f"{en.capitalize()} propensity", f"{zh}倾向"),
        (f"The probability, 0 to 1, that the trained model {model} gives the customer as of as_of; what it "
         "predicts, and over how many days, is on the model's card.",
         f"已训练模型{model}在数据日对客户给出的概率（0至1）；预测目标与期限见模型卡。"),
        Type.RATE, Score(model=model),
    )  # fmt: skip


def band(model: str) -> Tag:
    """Low, medium or high."""
    (en, zh), medium, high = MODELS[model]
    return define(
        f"{model}_band", (f"{en.capitalize()} band", f"{zh}倾向分段"),
        (f"By {en} propensity: low under {medium}, medium from {medium}, high from {high}; missing when that "
         "is.",
         f"按{zh}倾向：低于{medium}为低（low），{medium}及以上为中（medium），{high}及以上为高（high）；"
         "倾向缺失则缺失。"),
        Type.TEXT, bands(tag(f"{model}_propensity"), (medium, high), BANDS), values=BANDS,
    )  # fmt: skip


TAGS = (
    *map(score, MODELS),
    *map(band, MODELS),
    define("aum_at_risk", ("AUM at risk", "预计流失AUM"),
           ("Assets under management times the churn propensity; missing without one. Rounded half-up to a "
            "cent.",
            "AUM乘以流失倾向；无倾向则缺失。四舍五入到分。"),
           Type.DECIMAL, tag("aum") * tag("churn_propensity"), "yuan"),
)  # fmt: skip
