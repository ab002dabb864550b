"""Changes of one value from several sides: whoever changes it says of which revision theirs was made."""

from __future__ import annotations

from journeykit.errors import DefinitionError
from journeykit.i18n import in_language
from journeykit.widgets.asking import Question


class Revised(Question):
    """A question about what was shown under a revision, the number in the state of its view."""

    revision: int


def require_revision(asked: Revised, revision: int, language: str) -> None:
    """Refuse what was made of another revision than the one that stands.

    Raises
    ------
    DefinitionError
        Python or another view has changed the value meanwhile.
    """
    if asked.revision != revision:
        raise DefinitionError(
            in_language(
                language,
                "This was changed meanwhile, from Python or in another view, and nothing was taken over. "
                "Look at it as it is now, and do it again.",
                "内容已被 Python 或另一视图修改，本次操作未生效。请查看当前内容后重试。",
            )
        )
