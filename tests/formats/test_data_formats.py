"""The data formats as strangers read them: by their documentation alone, without this program."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from backprop_gui.engine import ACTIVATIONS
from backprop_gui.formats import Model, export
from tests.formats.models import FUNCTIONS, model_of, random_model, small_model
from tests.strategies import random_network

SEEDS = range(12)
NASTY = (
    "quote \" and '",
    'comma, "and" more',
    "two\nlines",
    "=1+1",
    "@x",
    "-y",
    "+z",
    "\t=2",
    "ŷ 日本 🙂",
    "",
    "\\",
)


def close(outputs: NDArray[np.float64], model: Model) -> None:
    np.testing.assert_allclose(outputs, model.predict(model.examples), rtol=1e-9, atol=1e-9)


def by_the_recipe(arrays: dict[str, NDArray[Any]], texts: dict[str, Any], x: NDArray[Any]) -> NDArray[Any]:
    """The recipe of ``backprop_gui.formats.arrays``, word for word."""
    formulas = dict(zip(texts["activation_names"], texts["activation_formulas"], strict=True))
    with np.errstate(over="ignore"):
        a = (x - arrays["input_mean"]) / arrays["input_scale"]
        k = 1
        while f"W{k}" in arrays:
            z = a[:, arrays[f"sources{k}"]] @ arrays[f"W{k}"].T + arrays[f"b{k}"]
            f = np.empty_like(z)
            for j, name in enumerate(texts[f"activations{k}"]):
                f[:, j] = eval(str(formulas[name]), {"np": np, "z": z[:, j].copy()})
            a = np.hstack([a, f])
            k += 1
        y = a[:, arrays["outputs"]]
        result: NDArray[Any] = eval(str(texts["prediction"][0]), {"np": np, "a": y})
        return result


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("seed", SEEDS)
def test_numpy_alone_rebuilds_the_outputs_from_the_archive(seed: int, dtype: str, tmp_path: Path) -> None:
    model = random_model(seed, dtype)
    export(model, tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz", allow_pickle=False) as archive:
        arrays = dict(archive)
    assert arrays["W1"].dtype == dtype
    close(by_the_recipe(arrays, arrays, model.examples), model)


@pytest.mark.parametrize("seed", SEEDS)
def test_safetensors_and_numpy_rebuild_the_outputs(seed: int, tmp_path: Path) -> None:
    from safetensors import safe_open
    from safetensors.numpy import load_file

    model = random_model(seed)
    path = tmp_path / "model.safetensors"
    export(model, path)
    with safe_open(path, framework="numpy") as file:
        texts = json.loads(file.metadata()["model"])
    close(by_the_recipe(load_file(path), texts, model.examples), model)


def test_the_archive_tells_an_edge_of_weight_0_from_none(tmp_path: Path) -> None:
    model = small_model()
    export(model, tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz") as archive:
        # h1 reads x1 and x2, h2 reads x1 only and has no bias.
        assert archive["neuron_names"].tolist() == ["x1", "x2", "h1", "h2", "y"]
        assert archive["drawn1"].tolist() == [[True, True], [True, False]]
        assert archive["has_bias1"].tolist() == [True, False]
        assert archive["W1"][1, 1] == 0
        assert archive["W1"][0, 1] == model.theta[model.plan.slot[2, 3]]
        # y skips a rank: it reads x2, h1 and h2.
        assert archive["sources2"].tolist() == [1, 2, 3]


def neuron_by_neuron(
    incoming: dict[int, list[tuple[int, float]]],
    bias: dict[int, float | None],
    activation: dict[int, str],
    value: dict[int, float],
) -> dict[int, float]:
    """Return the value of every neuron, found as soon as all its sources are."""
    left = set(bias)
    while left:
        ready = {id for id in left if all(source in value for source, _ in incoming.get(id, []))}
        assert ready, "the graph has a cycle, or an edge from nowhere"
        for id in ready:
            z = sum(weight * value[source] for source, weight in incoming.get(id, [])) + (bias[id] or 0.0)
            value[id] = FUNCTIONS[activation[id]](z)
        left -= ready
    return value


@pytest.mark.parametrize("seed", SEEDS)
def test_json_says_enough_to_compute_the_outputs_without_numpy(seed: int, tmp_path: Path) -> None:
    model = random_model(2 * seed)
    export(model, tmp_path / "model.json")
    document = json.loads((tmp_path / "model.json").read_text("utf-8"))
    incoming: dict[int, list[tuple[int, float]]] = {}
    for edge in document["edges"]:
        incoming.setdefault(edge["target"], []).append((edge["source"], edge["weight"]))
    others = [neuron for neuron in document["neurons"] if neuron["kind"] != "input"]
    rows = []
    for x in model.examples.tolist():
        value = {
            column["neuron"]: (number - column["mean"]) / column["scale"]
            for column, number in zip(document["inputs"], x, strict=True)
        }
        neuron_by_neuron(
            incoming,
            {neuron["id"]: neuron["bias"] for neuron in others},
            {neuron["id"]: neuron["activation"] for neuron in others},
            value,
        )
        rows.append([value[output["neuron"]] for output in document["outputs"]])
    close(np.array(rows), model)


@pytest.mark.parametrize("seed", SEEDS)
def test_csv_says_enough_to_compute_the_outputs_without_numpy(seed: int, tmp_path: Path) -> None:
    model = random_model(2 * seed)
    export(model, tmp_path / "model.csv")
    with (tmp_path / "model.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    incoming: dict[int, list[tuple[int, float]]] = {}
    for row in rows:
        if row["kind"] == "weight":
            incoming.setdefault(int(row["target_id"]), []).append(
                (int(row["source_id"]), float(row["value"]))
            )
    biases = [row for row in rows if row["kind"] == "bias"]
    outputs = []
    for x in model.examples.tolist():
        means = [row for row in rows if row["kind"] == "mean"]
        scales = [row for row in rows if row["kind"] == "scale"]
        value = {
            int(mean["target_id"]): (number - float(mean["value"])) / float(scale["value"])
            for number, mean, scale in zip(x, means, scales, strict=True)
        }
        neuron_by_neuron(
            incoming,
            {int(row["target_id"]): float(row["value"] or 0) for row in biases},
            {int(row["target_id"]): row["activation"] for row in biases},
            value,
        )
        outputs.append([value[int(row["target_id"])] for row in rows if row["kind"] == "output"])
    close(np.array(outputs), model)


def test_json_holds_the_drawing_and_the_very_numbers(tmp_path: Path) -> None:
    model = small_model()
    export(model, tmp_path / "model.json")
    text = (tmp_path / "model.json").read_text("utf-8")
    document = json.loads(text)
    assert (document["format"], document["version"], document["title"]) == ("backprop-lab-model", 1, "small")
    assert document["classes"] == ["no", "yes"]
    assert [neuron["name"] for neuron in document["neurons"]] == ["x1", "x2", "h1", "h2", "y"]
    assert [neuron["bias"] is None for neuron in document["neurons"]] == [True, True, False, True, False]
    assert document["neurons"][2]["start_bias"] == 0.1
    assert [edge["weight"] for edge in document["edges"]] == model.weights
    assert {edge["start_weight"] for edge in document["edges"]} == {0.5}
    assert document["activations"]["softplus"] == ACTIVATIONS["softplus"].numpy
    # A line a neuron and a line an edge.
    assert sum('"source"' in line for line in text.splitlines()) == 6


def test_csv_keeps_numbers_exact_and_one_row_a_parameter(tmp_path: Path) -> None:
    model = small_model("float32")
    export(model, tmp_path / "model.csv")
    content = (tmp_path / "model.csv").read_bytes().decode("utf-8")
    assert content.count("\r\n") == content.count("\n")
    rows = list(csv.DictReader(content.splitlines()))
    weights = [float(row["value"]) for row in rows if row["kind"] == "weight"]
    assert np.array(weights, np.float32).tolist() == model.weights
    biases = {row["target"]: row["value"] for row in rows if row["kind"] == "bias"}
    assert biases["h2"] == ""
    assert np.float32(biases["h1"]) == np.float32(model.biases[3])


def nasty_model() -> Model:
    """Return a model in which every name is trouble for some format."""
    network = random_network(5, inputs=3, hidden=5, outputs=3)
    from dataclasses import replace

    names = [NASTY[index % len(NASTY)] for index in range(len(network.neurons))]
    network = network.with_neurons(
        replace(neuron, name=name) for neuron, name in zip(network.neurons, names, strict=True)
    )
    model = model_of(network, loss="cross-entropy", title='"""\n\\N{BULLET} evil()')
    return replace(
        model,
        input_names=NASTY[:3],
        output_names=NASTY[3:6],
        class_names=("nul \0", "half \ud800 a pair", "#"),
    )


@pytest.mark.parametrize("suffix", [".npz", ".safetensors", ".onnx", ".json", ".csv", ".py"])
def test_names_cannot_break_a_file(suffix: str, tmp_path: Path) -> None:
    assert export(nasty_model(), tmp_path / f"model{suffix}").largest_difference < 1e-12


def test_names_come_back_as_they_were(tmp_path: Path) -> None:
    model = nasty_model()
    export(model, tmp_path / "model.json")
    export(model, tmp_path / "model.npz")
    document = json.loads((tmp_path / "model.json").read_text("utf-8"))
    assert [column["name"] for column in document["inputs"]] == list(NASTY[:3])
    assert {neuron["name"] for neuron in document["neurons"]} == set(NASTY)
    assert document["classes"] == ["nul \ufffd", "half \ufffd a pair", "#"]
    with np.load(tmp_path / "model.npz") as archive:
        assert set(archive["neuron_names"].tolist()) == set(NASTY)
        assert archive["output_names"].tolist() == list(NASTY[3:6])


def test_a_spreadsheet_finds_no_formula_in_a_name(tmp_path: Path) -> None:
    export(nasty_model(), tmp_path / "model.csv")
    with (tmp_path / "model.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = {row[column] for row in rows for column in ("source", "target")}
    assert "'=1+1" in names
    assert not [name for name in names if name.startswith(("=", "+", "-", "@", "\t", "\r"))]
    # Numbers are no names: a spreadsheet shall read them as numbers.
    assert any(row["value"].startswith("-") for row in rows)
