"""One execution of a notebook: papermill, this interpreter's own kernel, a deadline, and no secrets."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError
from papermill.exceptions import PapermillExecutionError
from traitlets import default

from journeykit.errors import RunError
from journeykit.files import publish_bytes
from journeykit.progress import PIPE
from journeykit.runs.parameters import Value

# The kernel never has what opens the vault or sends mail, so no cell can (design D10).
WITHHELD = ("JOURNEYKIT_VAULT_KEY", "JOURNEYKIT_SMTP_PASSWORD")
_STARTING = 300  # seconds for a kernel to start, on a machine that is busy


class NotebookFailedError(RunError):
    """A notebook did not reach its end.

    `cell` and `kind` say where and what, without any data; the message itself may quote the error.
    """

    def __init__(self, message: str, cell: int | None, kind: str) -> None:
        super().__init__(message)
        self.cell = cell
        self.kind = kind


def execute_notebook(
    notebook: Path, parameters: Mapping[str, Value], workspace: Path, keep: Path, minutes: int
) -> nbformat.NotebookNode:
    """Run a notebook from its first cell to its last, and keep it as `keep` however far it came.

    Parameters
    ----------
    notebook : Path
        What to run; it is not changed.
    parameters : mapping of str to value
        Written into the executed copy as literals, behind its `parameters` cell.
    workspace : Path
        The folder the kernel works in.
    keep : Path
        Where the executed notebook is published.
    minutes : int
        How long all cells may take together.

    Raises
    ------
    NotebookFailedError
        A cell raised, the time was over, or the kernel died.
    """
    deadline = time.monotonic() + 60 * minutes
    with TemporaryDirectory(prefix="jk-") as folder:
        made = Path(folder) / keep.name
        try:
            papermill.execute_notebook(
                notebook,
                made,
                parameters=dict(parameters),
                kernel_name="python3",
                language="python",
                progress_bar=False,
                cwd=workspace,
                start_timeout=_STARTING,
                kernel_manager_class=_kernels_of(workspace, Path(folder)),
                timeout_func=lambda _cell: max(1, int(deadline - time.monotonic())),
            )
        except PapermillExecutionError as error:
            message = f"cell {error.exec_count} raised {error.ename}: {error.evalue}\nSee {keep}"
            raise NotebookFailedError(message, error.exec_count, error.ename) from error
        except CellTimeoutError as error:
            message = f"it took over {minutes} minutes. Raise timeout_minutes in jobs.yaml. See {keep}"
            raise NotebookFailedError(message, _last_cell(made), "Timeout") from error
        except RuntimeError as error:  # nbclient's word for a kernel that died or never answered
            message = f"its kernel died or did not start. Was there enough memory? See {keep}"
            raise NotebookFailedError(message, _last_cell(made), "DeadKernel") from error
        finally:
            if made.is_file():
                publish_bytes(keep, made.read_bytes())
        return nbformat.read(made, as_version=4)


def _last_cell(made: Path) -> int | None:
    """The cell that was reached: the last one papermill marked as begun."""
    if not made.is_file():
        return None
    cells = [cell for cell in nbformat.read(made, as_version=4).cells if cell.cell_type == "code"]
    begun = [
        place for place, cell in enumerate(cells, 1) if cell.metadata.get("papermill", {}).get("start_time")
    ]
    return begun[-1] if begun else None


def _kernels_of(workspace: Path, folder: Path) -> type[AsyncKernelManager]:
    class OwnKernels(AsyncKernelManager):
        """Starts this interpreter's ipykernel, whatever kernels the account has installed."""

        @default("kernel_spec_manager")
        def _no_installed_kernels(self) -> KernelSpecManager:
            return KernelSpecManager(parent=self, kernel_dirs=[])

        @default("transport")
        def _sockets_only_we_can_open(self) -> str:
            return "ipc"

        @default("connection_file")
        def _short_enough_for_a_socket(self) -> str:
            return str(folder / "kernel")

        async def start_kernel(self, **options: Any) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
            environment = {name: value for name, value in os.environ.items() if name not in WITHHELD}
            environment["JOURNEYKIT_WORKSPACE"] = str(workspace)
            environment.setdefault(PIPE, "")  # nobody looks at its cells while they run
            # It is interrupted before it is ended, and would say so on our standard error.
            quiet = [*options.pop("extra_arguments", []), "--log-level=CRITICAL"]
            await super().start_kernel(**options, env=environment, extra_arguments=quiet)

    return OwnKernels
