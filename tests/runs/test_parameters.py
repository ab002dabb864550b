"""Parameters are checked before any kernel starts."""

import nbformat
import pytest

from journeykit.errors import DefinitionError
from journeykit.runs.parameters import check_parameters, declared_parameters, read_parameters

CELL = (
    'as_of: str = "2026-05-29"\ntop: int = 10\nshare: float = 0.5\ndeep: bool = False\nlanguage: str = "en"'
)


@pytest.fixture
def notebook(tmp_path):
    def write(source, tags=("parameters",)):
        cell = nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})
        path = tmp_path / "n.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
        return path

    return write


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"tpo": 3}, "Did you mean 'top'?"),
        ({"top": "3"}, "parameter 'top' must be int, not '3'"),
        ({"top": 3.5}, "parameter 'top' must be int"),
        ({"top": True}, "parameter 'top' must be int"),
        ({"deep": 1}, "parameter 'deep' must be bool"),
        ({"share": "half"}, "parameter 'share' must be float"),
        ({"share": True}, "parameter 'share' must be float"),
        ({"language": 1}, "parameter 'language' must be str"),
        ({"as_of": "2026-01-01"}, "choose the day with --as-of"),
        ({"run_id": "x"}, "'run_id' is set by the run itself"),
        ({"tpo": 3, "top": "3"}, "must be int, not '3'"),
    ],
)
def test_what_does_not_fit_is_refused(notebook, given, message):
    with pytest.raises(DefinitionError, match="weekly") as caught:
        check_parameters(given, declared_parameters(notebook(CELL)), "weekly")
    assert message in str(caught.value)


def test_what_fits_is_taken_as_declared(notebook):
    declared = declared_parameters(notebook(CELL))
    given = {"top": 3, "share": 1, "deep": True, "language": "zh"}
    assert check_parameters(given, declared, "weekly") == {
        "top": 3,
        "share": 1.0,
        "deep": True,
        "language": "zh",
    }


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["top=3", "share=0.25", "deep=true"], {"top": 3, "share": 0.25, "deep": True}),
        (["language=a=b"], {"language": "a=b"}),
    ],
)
def test_text_is_read_as_the_declared_type(notebook, texts, expected):
    assert read_parameters(texts, declared_parameters(notebook(CELL)), "weekly") == expected


@pytest.mark.parametrize("text", ["top", "=3", "top=three", "deep=yes", "tpo=3"])
def test_text_that_is_no_such_value_is_refused(notebook, text):
    with pytest.raises(DefinitionError):
        read_parameters([text], declared_parameters(notebook(CELL)), "weekly")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("as_of = '2026-05-29'", "declares nothing"),
        ("as_of: str = '2026'\nimport os", "'import os'"),
        ("as_of: str = '2026'\ntop: int = 'ten'", "top: int = 'ten'"),
        ("as_of: str = '2026'\ntop: int = open('x')", "declares nothing"),
        ("as_of: str = '2026'\ntop: list = 3", "declares nothing"),
        ("as_of: str = ", "is not Python"),
        ("top: int = 3", "takes no as_of"),
    ],
)
def test_a_cell_that_declares_something_else_is_refused(notebook, source, message):
    with pytest.raises(DefinitionError) as caught:
        declared_parameters(notebook(source))
    assert message in str(caught.value)


def test_a_notebook_without_the_cell_is_refused(notebook):
    with pytest.raises(DefinitionError, match="0 cells tagged 'parameters'"):
        declared_parameters(notebook(CELL, tags=()))


def test_a_file_that_is_no_notebook_is_refused(tmp_path):
    (tmp_path / "n.ipynb").write_text("hello")
    with pytest.raises(DefinitionError, match="Cannot read the notebook"):
        declared_parameters(tmp_path / "n.ipynb")
