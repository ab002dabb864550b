"""``python -m journeykit``: the command line, also where its script is not on the path."""

from journeykit.cli import app

app(prog_name="journeykit")
