"""``backprop-gui findings``."""

from __future__ import annotations

from tests.cli.conftest import Run


def test_it_says_what_it_found_and_ends_with_one(run: Run) -> None:
    result = run("findings", "deep-sigmoid")
    assert result.code == 1
    title, *rest = result.out.splitlines()
    assert title == "Deltas vanish before hidden 1 (hinders learning)"
    assert any(line.startswith("  Why: ") for line in rest)
    assert any(line.startswith("  What to do: ") for line in rest)
    assert max(map(len, rest)) <= 88


def test_it_says_what_it_looked_for_and_ends_with_zero(run: Run) -> None:
    result = run("findings", "xor")
    assert result.code == 0
    assert result.out.startswith("Nothing wrong found on all 4 training examples. Looked for:\n")
    assert "  dead ReLUs\n" in result.out


def test_it_reports_in_json(run: Run) -> None:
    result = run("findings", "whole-numbers", "--json")
    assert result.code == 1
    assert result.json["examples"] == 4
    [finding] = result.json["findings"]
    assert (finding["kind"], finding["severity"], finding["where"]) == (
        "clones",
        "hinders",
        ["Z1", "Z2", "Z3"],
    )
    assert finding["example"] == 1
    assert run("findings", "xor", "--json").json == {"examples": 4, "findings": []}


def test_it_looks_where_the_project_stands(run: Run) -> None:
    run("train", "xor", "--epochs", "20", "--set", "training.learning_rate=100", "--save", "x.backprop")
    result = run("findings", "x.backprop", "--json")
    assert "rate-high" in [finding["kind"] for finding in result.json["findings"]]
