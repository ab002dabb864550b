"""What a browser may ask of a widget: questions with a name and a declared content, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from journeykit.errors import DefinitionError, unknown_name
from journeykit.segments.rules.limits import check_limits
from journeykit.yaml_files import definition_error

Json = dict[str, Any]
Method = TypeVar("Method", bound=Callable[..., Any])
_ASKS = "__asks__"


class Question(BaseModel):
    """The content of a question; a key that it does not declare is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Nothing(Question):
    """A question that needs no content."""


class _Message(Question):
    id: int
    ask: str
    with_: dict[str, Any] = Field(alias="with")


def answers(ask: str, question: type[Question]) -> Callable[[Method], Method]:
    """Declare that a method of a widget answers a question, whose checked content it is given.

    The method returns the answer as JSON, or raises an error of :mod:`journeykit.errors`.
    """

    def mark(method: Method) -> Method:
        setattr(method, _ASKS, (ask, question))
        return method

    return mark


def questions_of(widget: type) -> dict[str, tuple[type[Question], str]]:
    """What a kind of widget can be asked: the content and the method's name, by the question's name."""
    found = {}
    for base in reversed(widget.__mro__):
        for name, method in vars(base).items():
            if asked := getattr(method, _ASKS, None):
                found[asked[0]] = (asked[1], name)
    return found


def read_message(content: object) -> _Message:
    """A message from the browser, once it is known to be of the shape and the size that one may have.

    Raises
    ------
    DefinitionError
        It is not.
    """
    check_limits(content, "message")
    if not isinstance(content, dict):
        raise DefinitionError("message: an object with id, ask and with is expected.")
    try:
        return _Message.model_validate(content)
    except ValidationError as error:
        raise definition_error("message", error) from error


def read_question(message: _Message, known: dict[str, tuple[type[Question], str]]) -> tuple[Question, str]:
    """The content of a message and the name of the method that answers it.

    Raises
    ------
    DefinitionError
        The widget does not know the question, or its content is not as declared.
    """
    if message.ask not in known:
        raise unknown_name("question", message.ask, known, "Reload the page if the widget was updated.")
    question, method = known[message.ask]
    try:
        return question.model_validate(message.with_), method
    except ValidationError as error:
        raise definition_error(message.ask, error) from error
