"""Frozen settings of a workspace, read from its `journeykit.toml`; secrets never print."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from journeykit.errors import SettingsError

FILE_NAME = "journeykit.toml"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WorkspaceSection(_Section):
    """Who and where the workspace is for; `demo` marks everything made as a demonstration."""

    name: str
    country: str = "CN"
    timezone: str = "Asia/Shanghai"
    language: Literal["en", "zh"] = "en"
    demo: bool = False


class MartSection(_Section):
    """Where the bank's tables are mapped, and what the embedded engine may use.

    With the SQLAlchemy URL of a warehouse the mart is there, and the engine is the warehouse's own.
    """

    url: SecretStr = SecretStr("")
    mapping: str = "scheduled/mapping.yaml"
    memory_limit: str = "4GB"
    threads: int = Field(default=2, ge=1)


class LedgerSection(_Section):
    """The ledger's SQLAlchemy URL; empty means SQLite in `var/`."""

    url: SecretStr = SecretStr("")


class PrivacySection(_Section):
    """Counts below `min_cell` are suppressed in anything mailed."""

    min_cell: int = Field(default=10, ge=1)


class RolesSection(_Section):
    """Who may submit strategies, approve them, and pause or end them; nobody, unless named here.

    Names are those of operating-system accounts.
    """

    author: tuple[str, ...] = ()
    approver: tuple[str, ...] = ()
    operator: tuple[str, ...] = ()


class MailSection(_Section):
    """How mails leave: as files in `var/mail`, or through an SMTP server.

    The password comes from the environment variable ``JOURNEYKIT_SMTP_PASSWORD``.
    """

    transport: Literal["file", "smtp"] = "file"
    sender: str = "journeykit@localhost"
    host: str = "localhost"
    port: int = 25
    starttls: bool = False
    username: str = ""

    @model_validator(mode="after")
    def _password_only_encrypted(self) -> Self:
        if self.username and not self.starttls:
            raise ValueError("a username needs starttls = true, or the password would travel in clear text")
        return self


class Settings(_Section):
    """Everything `journeykit.toml` says, and the folder it stands in."""

    root: Path
    workspace: WorkspaceSection
    mart: MartSection = MartSection()
    ledger: LedgerSection = LedgerSection()
    privacy: PrivacySection = PrivacySection()
    roles: RolesSection = RolesSection()
    mail: MailSection = MailSection()

    @property
    def var(self) -> Path:
        """The folder for everything made; never committed."""
        return self.root / "var"

    @property
    def scheduled(self) -> Path:
        """The folder of jobs and of definitions as YAML."""
        return self.root / "scheduled"

    @property
    def ledger_url(self) -> str:
        """The ledger's SQLAlchemy URL; may hold a password, so never print it."""
        return self.ledger.url.get_secret_value() or f"sqlite:///{self.var / 'ledger.sqlite'}"


def find_root(start: Path | None = None) -> Path:
    """The workspace folder: `start`, ``$JOURNEYKIT_WORKSPACE``, or the nearest one above here.

    Raises
    ------
    SettingsError
        No folder on the way up holds a `journeykit.toml`.
    """
    given = start or (
        Path(os.environ["JOURNEYKIT_WORKSPACE"]) if "JOURNEYKIT_WORKSPACE" in os.environ else None
    )
    here = (given or Path.cwd()).resolve()
    candidates = [here] if given else [here, *here.parents]
    for folder in candidates:
        if (folder / FILE_NAME).is_file():
            return folder
    raise SettingsError(
        f"No {FILE_NAME} in {here}{'' if given else ' or above it'}. "
        "Change into a workspace, or make one with: journeykit init DIR"
    )


def load_settings(root: Path | None = None) -> Settings:
    """Read a workspace's settings; see :func:`find_root` for which one.

    Raises
    ------
    SettingsError
        The file is missing, is not TOML, or says something unknown or of the wrong type.
    """
    folder = find_root(root)
    path = folder / FILE_NAME
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return Settings(root=folder, **content)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}. Correct that line.") from error
    except (ValidationError, TypeError) as error:
        detail = "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()
        ) if isinstance(error, ValidationError) else str(error)  # fmt: skip
        raise SettingsError(f"{path}: {detail}. Compare with the settings table in the README.") from error
