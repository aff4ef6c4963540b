"""Running the command line inside the test: in an empty folder, with what it printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from backprop_gui.cli import main


@dataclass(frozen=True)
class Outcome:
    """The exit code and what was printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value that was printed, read strictly: NaN and infinity are not JSON."""

        def refuse(name: str) -> None:
            raise ValueError(name)

        return json.loads(self.out, parse_constant=refuse)

    @property
    def complaint(self) -> str:
        """The one sentence on standard error, of a command that failed."""
        assert self.code == 2
        assert self.out == ""
        assert "Traceback" not in self.err
        [line] = self.err.splitlines()
        assert line.startswith("backprop-gui: ")
        return line.removeprefix("backprop-gui: ")


Run = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command line."""

    def call(*arguments: str) -> Outcome:
        capsys.readouterr()
        code = main(list(arguments))
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return call
