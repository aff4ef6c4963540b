"""The command “faults”: wrong backpropagation learns, in a table and in JSON."""

from __future__ import annotations

import pytest

from backprop_gui.engine.faults import FAULTS
from tests.cli.conftest import Run

SHORT = ("--starts", "3", "--epochs", "40")


def test_it_prints_a_line_for_each_bug(run: Run) -> None:
    result = run("faults", *SHORT)
    assert result.code == 0
    head, correct, *bugs = result.out.splitlines()
    assert head.split("  ")[0] == "backpropagation"
    assert correct.startswith("correct ")
    assert [line.split("  ")[0] for line in bugs] == [fault.label for fault in FAULTS.values()]
    assert "0/3" in bugs[0]
    assert "8 of 8: biases frozen" in result.err


def test_it_prints_json(run: Run) -> None:
    result = run("faults", *SHORT, "--json")
    assert result.json["starts"] == 3
    assert result.json["epochs"] == 40
    correct, *bugs = result.json["bugs"]
    assert correct["max_relative_error"] < 1e-12
    assert [bug["name"] for bug in bugs] == list(FAULTS)
    assert all(bug["max_relative_error"] > 0.01 for bug in bugs)
    assert bugs[0]["loss_went_down"] == 0


def test_it_takes_a_project_and_says_what_changes_nothing(run: Run) -> None:
    result = run("faults", "iris", "--starts", "2", "--epochs", "2")
    assert result.code == 0
    assert "“f' dropped at the output” changes nothing in this network, because" in result.out
    lines = run("faults", "sine", "--starts", "1", "--epochs", "1").out.splitlines()
    assert lines[1].split()[:3] == ["correct", "–", "–"]


@pytest.mark.parametrize("option", ["--starts", "--epochs"])
@pytest.mark.parametrize("text", ["0", "many", "1e9"])
def test_a_wrong_number_is_a_sentence(run: Run, option: str, text: str) -> None:
    assert f"{option} must be a whole number" in run("faults", option, text).complaint


def test_nothing_that_was_said_about_the_network_is_ignored(run: Run) -> None:
    """Without a word about it XOR is trained; with half a one it is asked for the rest."""
    iris = run("faults", "--starts", "2", "--epochs", "3", "--set", "training.seed=1", "iris").out
    assert "changes nothing in this network" in iris
    for said, asked in (
        (("--data", "circle"), "add --layers"),
        (("--loss", "huber"), "Say what to work on"),
        (("--set", "training.nonsense=3"), "training.nonsense"),
    ):
        assert asked in run("faults", *said).complaint
