"""The worked solution: its numbers are those of the books, in every kind of document."""

import json
import re
from pathlib import Path

import pytest

from backprop_gui.solutions.latex import WIDEST, width_of
from tests.cli.conftest import Run


def values(run: Run, *arguments: str) -> dict[str, float]:
    found = run("trace", *arguments, "--json").json
    return {one["title"]: one["value"] for one in found["operations"]}


def test_mazurs_example_reads_as_in_the_book(run: Run) -> None:
    text = run("trace", "mazur", "--digits", "9").out
    for number in (
        "= 0.3775",
        "= 0.3925",
        "= 0.593269992",
        "= 0.596884378",
        "= 1.10590597",
        "= 0.751365070",
        "= 1.22492140",
        "= 0.772928465",
        "= 0.298371109",
        "= 0.138498562",
        "= −0.0380982365",
        "= 0.008771354",
        "= 0.009954254",
    ):
        assert number in text
    found = values(run, "mazur")
    expected = {
        "h1 → o1": 0.35891648,
        "h2 → o1": 0.408666186,
        "h1 → o2": 0.51130127,
        "h2 → o2": 0.561370121,
        "i1 → h1": 0.149780716,
        "i2 → h1": 0.199561432,
        "i1 → h2": 0.249751144,
        "i2 → h2": 0.299502287,
    }
    for edge, weight in expected.items():
        [new] = [value for title, value in found.items() if title.endswith(edge) and "pdate" in title]
        assert new == pytest.approx(weight, abs=5e-10)


def test_whole_numbers_come_out_whole(run: Run) -> None:
    # Example (0, 0) with target 0: z = 1, 1, 1, output 4, loss 8, all deltas 4.
    found = run("trace", "whole-numbers", "--json").json["operations"]
    by_kind: dict[str, list[float]] = {}
    for one in found:
        by_kind.setdefault(one["kind"], []).append(one["value"])
    assert by_kind["weighted sum"] == [1, 1, 1, 4]
    assert by_kind["loss"] == [8]
    assert by_kind["output delta"] + by_kind["hidden delta"] == [4, 4, 4, 4]
    # The bias column of W and all of V have 4, the other weights of W 0: the inputs are 0.
    assert sorted(by_kind["gradient"]) == [0] * 6 + [4] * 7


def test_the_mean_of_the_four_xor_examples(run: Run) -> None:
    settings = ("--batch", "--set", "training.batch_size=0")
    found = run("trace", "whole-numbers", *settings, "--json").json["operations"]
    gradients = [one["value"] for one in found if one["kind"] == "gradient"]
    assert gradients[:4] == [6.5, 14.5, 14.5, 14.5]
    assert sorted(gradients[4:]) == sorted([6.5, 4, 4] * 3)
    assert [one["value"] for one in found if one["kind"] == "loss"] == [23.5]


def test_an_example_can_be_typed(run: Run) -> None:
    typed = run("trace", "--inputs", "0,05", "1/10", "--targets", "0.01", "0.99", "mazur", "--json").json
    of_the_data = run("trace", "mazur", "--json").json
    values_of = [[one["value"] for one in found["operations"]] for found in (typed, of_the_data)]
    assert values_of[0] == values_of[1]
    assert typed["facts"]["Example"] == "typed"
    assert [one["value"] for one in typed["given"][:2]] == [0.05, 0.1]
    problem = run("trace", "mazur", "--inputs", "1", "2").complaint
    assert problem.startswith("The network needs 2 targets, but none were typed")
    assert "is not a number" in run("trace", "mazur", "--inputs", "1", "two", "--targets", "1", "0").complaint


def test_typed_inputs_are_in_the_units_of_the_data(run: Run) -> None:
    # The first flower of the data set; the network sees it standardised.
    raw = ("5.1", "3.5", "1.4", "0.2")
    typed = run("trace", "iris", "--inputs", *raw, "--targets", "1", "0", "0", "--json").json["given"]
    assert all(abs(one["value"]) < 3 for one in typed[:4])
    assert typed[2]["value"] < 0


def test_json_says_whose_number_it_is(run: Run) -> None:
    found = run("trace", "mazur", "--json").json["operations"]
    assert [one["subject"] for one in found if one["kind"] == "loss"] == [None]
    assert all(isinstance(one["subject"], int) for one in found if one["kind"] == "activation")
    assert {len(one["subject"]) for one in found if one["title"].startswith("Gradient of the weight")} == {2}


def test_results_end_the_document_and_are_blank_in_an_exercise(run: Run) -> None:
    solved = run("trace", "mazur", "--digits", "9").out
    [line] = [line for line in solved.splitlines() if line.split()[:1] == ["o1"]]
    assert line.split() == ["o1", "1.10590597", "0.751365070", "0.186815602", "0.138498562"]
    [line] = [line for line in solved.splitlines() if line.split()[:2] == ["w_h1→o1", "0.4"]]
    assert line.split() == ["w_h1→o1", "0.4", "0.0821670406", "−0.0410835203", "0.358916480"]
    blank = run("trace", "mazur", "--exercise").out
    [line] = [line for line in blank.splitlines() if line.split()[:2] == ["w_h1→o1", "0.4"]]
    assert line.split() == ["w_h1→o1", "0.4", *3 * ["________"]]


def test_a_column_without_a_number_is_left_out(run: Run) -> None:
    """Over a batch f′ differs from example to example."""
    whole = run("trace", "whole-numbers", "--batch").out
    [head] = [line for line in whole.splitlines() if line.split()[:1] == ["Neurons"]]
    assert head.split() == ["Neurons", "z", "a", "δ"]


def test_long_formulas_run_over_several_lines_in_latex(run: Run) -> None:
    text = run("trace", "iris", "--latex").out
    formulas = re.findall(r"\\begin\{align\*\}\n(.*?)\n\\end\{align\*\}", text, re.DOTALL)
    lines = [line for formula in formulas for line in formula.split("\\\\\n")]
    assert any(line.startswith(r" &\quad +") for line in lines)
    assert max(map(width_of, lines)) <= WIDEST


def test_conventions_are_followed(run: Run) -> None:
    usual, error = values(run, "mazur"), values(run, "mazur", "--sign", "error")
    title = next(title for title in usual if title == "δ of o1")
    assert error[title] == -usual[title]
    by_a = run("trace", "mazur", "--delta", "a", "--json").json
    [at_output] = [one["value"] for one in by_a["operations"] if one["kind"] == "output delta"][:1]
    assert at_output == pytest.approx(0.751365070 - 0.01, abs=1e-8)


@pytest.mark.parametrize("kind", ["text", "markdown", "latex", "json"])
def test_an_exercise_has_no_results_but_those_asked_for(run: Run, kind: str) -> None:
    options = () if kind == "text" else (f"--{kind}",)
    sheet = run("trace", "mazur", "--exercise", *options).out
    assert "0.29837" not in sheet
    assert "0.05" in sheet
    assert "0.29837" in run("trace", "mazur", "--exercise", "--answers", *options).out


@pytest.mark.parametrize("activation", ["relu", "leaky-relu", "identity"])
def test_an_exercise_does_not_give_a_slope_away_that_is_a_plain_number(run: Run, activation: str) -> None:
    def sheet(*options: str) -> str:
        network = ("--layers", "2-2-1", "--data", "xor", "--activation", activation)
        return run("trace", *network, "--exercise", *options).out

    assert "f′(z_h1) = ________    (" in sheet()
    assert r"$$f'(z_{h_{1}}) = \underline{\hspace{5em}}$$" in sheet("--markdown")
    assert r"f'(z_{h_{1}}) &= \underline{\hspace{5em}}" in sheet("--latex")
    operations = json.loads(sheet("--json"))["operations"]
    slope, delta = next(one["equations"] for one in operations if one["title"] == "δ of h1")
    assert (slope["left"], slope["symbols"]) == ("f′(z_h1)", None)
    assert delta["symbols"] == "f′(z_h1) · w_h1→ŷ δ_ŷ"
    assert "δ_h1 = f′(z_h1) · w_h1→ŷ δ_ŷ = ________" in sheet()


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "rmsprop", "adam", "adamw"])
def test_latex_is_balanced_whatever_neurons_are_called(run: Run, folder: Path, optimizer: str) -> None:
    assert run("new", "a.backprop", "--layers", "2-2-1", "--data", "xor").code == 0
    content = json.loads((folder / "a.backprop").read_text("utf-8"))
    for neuron, name in zip(
        content["network"]["neurons"], ("a_b%&#", "{x}", "$1^2~", "\\n", "π😀"), strict=True
    ):
        neuron["name"] = name
    (folder / "b.backprop").write_text(json.dumps(content), "utf-8")
    done = run("trace", "b.backprop", "--latex", "--set", f"training.optimizer={optimizer}", "-o", "s.tex")
    assert done.code == 0
    text = (folder / "s.tex").read_text("utf-8")
    bare = text.replace(r"\{", "").replace(r"\}", "").replace(r"\$", "")
    assert bare.count("{") == bare.count("}")
    assert bare.count("$") % 2 == 0
    assert text.count(r"\begin{") == text.count(r"\end{")
    assert "😀" not in text


def test_what_cannot_be_traced_is_said(run: Run) -> None:
    for typed, said in (
        (("whole-numbers", "--example", "5"), "no training example 5: choose one from 1 to 4"),
        (("mazur", "--example", "2"), "no training example 2: there is only one"),
        (("whole-numbers", "--example", "0"), "--example must be a whole number from 1"),
        (("whole-numbers", "--test", "1"), "no test example 1: there are none"),
        (("whole-numbers", "--test", "one"), "--test must be a whole number from 1"),
        (("mazur", "--digits", "1"), "--digits must be a whole number from 2 to 17"),
        (("mazur", "--inputs", "0.1,0.2", "--targets", "1"), "--inputs: “0.1,0.2” is not a number"),
        (("mazur", "--inputs", "0.1,0.2", "--targets", "1"), "Several numbers have spaces between them"),
    ):
        assert said in run("trace", *typed).complaint
    assert "--answers belongs to --exercise" in run("trace", "mazur", "--answers").complaint
    assert "Choose a smaller network" in run("trace", "--layers", "64-400-10", "--data", "digits").complaint


def test_no_term_of_a_long_sum_is_left_out(run: Run) -> None:
    """Wine has 13 inputs: a sum of 13 products and a bias."""
    [first, *_] = json.loads(run("trace", "wine", "--json").out)["operations"]
    [equation] = first["equations"]
    assert equation["symbols"].count("w_") == equation["numbers"].count("·") == 13
    written = run("trace", "wine").out
    assert "…" not in written.partition("Activation")[0].partition("Forward")[2]


@pytest.mark.parametrize("text", ["-0,5", "-1/2", "-5e-1", "−0.5"])
def test_negative_numbers_are_no_options(run: Run, text: str) -> None:
    typed = run("trace", "mazur", "--inputs", text, "-.25", "--targets", "0", "1", "--json").out
    given = {one["name"]: one["value"] for one in json.loads(typed)["given"]}
    assert (given["i1"], given["i2"]) == (-0.5, -0.25)
