from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import main

ROOT = Path(__file__).parents[1]


def test_an_old_python_is_turned_away_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    assert main.main() == 2
    said = capsys.readouterr().err
    assert said.startswith("Backprop Lab needs Python 3.11 or newer, and this is Python 3.10.4.")


def test_old_pythons_can_read_that_far() -> None:
    ast.parse((ROOT / "main.py").read_text(encoding="utf-8"), feature_version=(3, 4))


def test_arguments_reach_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from backprop_gui.bootstrap import start

    seen = []
    monkeypatch.setattr(start, "start", lambda root, arguments: seen.append((root, arguments)) or 5)
    monkeypatch.setattr(sys, "argv", ["main.py", "train", "xor", "--json"])
    assert main.main() == 5
    assert seen == [(str(ROOT), ["train", "xor", "--json"])]
