"""Who acts: the account that the operating system knows, or in a demonstration a made-up colleague."""

from __future__ import annotations

import os
import pwd
import re

from journeykit.errors import IdentityError
from journeykit.settings import Settings

DEMO = "[demo]"
"""How the name of everybody ends who only exists in a demonstration."""

_MADE_UP = re.compile(r"\w[\w .-]{0,60} \[demo\]")


def account() -> str:
    """The name of the operating-system account of this process, never what the environment claims.

    An account without a name, as in some containers, is called by its number: ``uid 1001``.
    """
    number = os.geteuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"


def acting(settings: Settings, as_: str = "") -> str:
    """Who acts in a workspace.

    Parameters
    ----------
    settings : Settings
        Of the workspace.
    as_ : str
        A made-up colleague such as ``"analyst [demo]"``, in a demonstration workspace only; empty for the
        operating-system account.

    Raises
    ------
    IdentityError
        This is no demonstration, or the name does not say that it is made up.
    """
    name = as_ or account()
    if is_demo(name) and not settings.workspace.demo:
        raise IdentityError(
            f"'{name}' is made up, and {settings.root} is no demonstration workspace (demo = true in its "
            f"journeykit.toml). Act under your own account, '{account()}'."
        )
    if as_ and not _MADE_UP.fullmatch(as_):
        raise IdentityError(
            f"'{as_}' is not who you are: you are '{account()}'. Only in a demonstration workspace may "
            f"somebody act as another, whose name then ends with {DEMO}, as in 'analyst {DEMO}'."
        )
    return name


def is_demo(name: str) -> bool:
    """Whether a name is, or could be taken for, that of a made-up colleague.

    Examples
    --------
    >>> is_demo("approver [demo]"), is_demo("zhang.wei")
    (True, False)
    """
    return name.rstrip().casefold().endswith(DEMO)
