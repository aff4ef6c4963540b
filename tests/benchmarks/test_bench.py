"""The comparison compares what it says, and never pretends. No assertion on time."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable

import numpy as np
import pytest

from backprop_gui import bench
from backprop_gui.bench import BATCHES, CASES, Case, format_table, run

TINY = Case((2, 3, 1), "tanh", 2)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "ROUND_SECONDS", 0.0)
    monkeypatch.setattr(bench, "SHORTEST_ROUND", 1)


def test_every_installed_peer_has_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def prepare(case: Case) -> Callable[[int], None]:
        assert case is TINY
        return made.append

    monkeypatch.setattr(bench, "PEERS", {"NumPy": ("numpy", prepare), "Ghost": ("no_such_module", prepare)})
    told: list[str] = []
    [row] = run([TINY], repeats=3, progress=told.append)
    assert list(row) == ["case", "peer", "ours_us", "peer_us", "ratio"]
    assert row["case"] == "2-3-1 tanh, batch 2, float64"
    assert row["peer"] == f"NumPy {np.__version__}"
    assert row["ratio"] == row["peer_us"] / row["ours_us"]
    assert len(made) == 1 + 1 + 3  # once to prepare, once to see how long it takes, then the rounds
    assert set(made) == {BATCHES}
    assert told[0] == "Ghost is not installed, so there is no comparison with it."
    assert told[1] == f"Measuring {TINY.name} against NumPy {np.__version__}."
    json.dumps(row)


def test_without_any_peer_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "PEERS", {"Ghost": ("no_such_module", lambda case: lambda count: None)})
    [row] = run([TINY], repeats=1)
    assert row["ours_us"] > 0
    assert row["peer"] is row["peer_us"] is row["ratio"] is None
    assert "nothing installed" in format_table([row])


def test_the_table_lines_up() -> None:
    rows = [
        {"case": "a", "peer": "PyTorch", "ours_us": 10.0, "peer_us": 123.456, "ratio": 12.3456},
        {"case": "a longer case", "peer": "sk", "ours_us": 1234.5, "peer_us": 1.0, "ratio": 0.001},
    ]
    lines = format_table(rows).splitlines()
    assert len(lines) == 3
    assert len({len(line) for line in lines}) == 1
    assert lines[1].split() == ["a", "PyTorch", "10.0", "123.5", "12.35"]


def test_the_gradient_check_has_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "CHECKED", ((2, 3, 2),))
    told: list[str] = []
    rows = bench.check_rows(repeats=1, progress=told.append)
    assert [row["what"] for row in rows] == ["gradient check of 17 parameters"] * 2
    assert [row["case"].split(",")[0] for row in rows] == ["2-3-2 tanh", "2-3-2 relu"]
    assert all(row["value"] > 0 and row["unit"] == "ms" for row in rows)
    assert len(told) == 2
    assert "17 parameters" in bench.format_measures(rows)


def test_the_cases_are_those_that_were_promised() -> None:
    assert [case.name for case in CASES] == [
        "2-4-2-1 tanh, batch 10, float64",
        "2-8-8-8-8-8-8-1 tanh, batch 10, float64",
        "64-128-64-1 relu, batch 32, float64",
        "784-256-128-10 relu, batch 128, float32",
    ]


@pytest.mark.parametrize("classes", [False, True])
@pytest.mark.parametrize("peer", list(bench.PEERS))
def test_a_peer_trains_when_asked(peer: str, classes: bool) -> None:
    module, prepare = bench.PEERS[peer]
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{peer} is not installed")
    case = Case((3, 4, 3 if classes else 1), "relu", 5, "float32", classes)
    prepare(case)(2 * BATCHES)
    x, t = case.data()
    assert x.dtype == t.dtype == np.float32
    assert x.shape == (5 * BATCHES, 3)
