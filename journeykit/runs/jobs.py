"""Jobs: which notebook runs, for whom, after what; declared in `scheduled/jobs.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)

from journeykit.errors import unknown_name
from journeykit.i18n import in_language
from journeykit.yaml_files import Name, read_definition

FILE_NAME = "jobs.yaml"


# What goes into a mail's header is one line; a line break could begin another header.
Line = Annotated[str, Field(pattern=r"^[^\r\n]*$")]


class Job(BaseModel):
    """One scheduled notebook.

    Attributes
    ----------
    notebook : str
        A file beside `jobs.yaml`.
    owners : tuple of str
        Mail addresses that get the report, and word of a failure.
    after : tuple of str
        Jobs that must have succeeded for the same as_of.
    parameters : dict
        Values for the notebook's parameters; the command line may override them.
    timeout_minutes : int
        How long one attempt may take, over all its cells.
    retries : int
        How many more attempts after a failed one.
    export : bool
        Whether leads go to the channels once the notebook has succeeded. The process that runs the
        job does this, never the notebook's kernel (design D10).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    notebook: str = Field(pattern=r"^[A-Za-z0-9_-]+\.ipynb$")
    title: Line
    title_zh: Line = ""
    owners: tuple[Line, ...] = ()
    after: tuple[Name, ...] = ()
    parameters: dict[str, StrictBool | StrictInt | StrictFloat | StrictStr] = {}
    timeout_minutes: int = Field(default=60, ge=1)
    retries: int = Field(default=0, ge=0, le=5)
    export: bool = False

    def titled(self, language: str) -> str:
        """The title in `language`."""
        return in_language(language, self.title, self.title_zh)


class Jobs(BaseModel):
    """Every job of a workspace, by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    jobs: dict[Name, Job]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        """Each job comes after jobs that stand before it, so there is neither an unknown one nor a cycle."""
        seen: list[str] = []
        for name, job in self.jobs.items():
            for earlier in job.after:
                if earlier not in seen:
                    raise ValueError(f"job '{name}' runs after '{earlier}', which does not stand before it")
            seen.append(name)
        return self

    def job(self, name: str) -> Job:
        """The job called `name`; :class:`UnknownNameError` lists the others."""
        if name not in self.jobs:
            raise unknown_name("job", name, self.jobs, f"Jobs are declared in scheduled/{FILE_NAME}.")
        return self.jobs[name]


def load_jobs(scheduled: Path) -> Jobs:
    """Read `jobs.yaml` of a workspace's `scheduled` folder.

    Raises
    ------
    DefinitionError
        The file is missing or malformed; the message names the place.
    """
    return read_definition(scheduled / FILE_NAME, Jobs)
