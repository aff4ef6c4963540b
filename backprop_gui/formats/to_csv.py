"""CSV: one row a number, for spreadsheets and for reading by eye.

The columns are ``kind, source_id, source, target_id, target, value, activation``; ids are those of the drawing,
and names are there for people, because two neurons may share one. The kinds, in this order:

- ``mean`` and ``scale`` of each input (``target``), in the order of the data's columns: its value is
  (x - mean) / scale;
- ``bias`` of each other neuron, with its ``activation``; the value is empty for a neuron without a bias;
- ``weight`` of each edge from ``source`` to ``target``;
- ``output`` for each output (``target``), in the order of the predictions, without a value: ``activation`` is the loss
  the network was trained with, which makes predictions of the outputs (softmax for ``cross-entropy``, else nothing).

A neuron's value is its activation of the sum of weight times source over its edges plus its bias.

Quoted as RFC 4180 says, in UTF-8 with CRLF. Spreadsheets run a cell that begins with = + - or @ as a formula, whoever
wrote it: a *name* that begins so (or with a tab or a carriage return) is written with an apostrophe before it.
Numbers are written with as many digits as it takes to read the very same number again.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from backprop_gui.engine.arrays import Array
from backprop_gui.engine.losses import LOSSES
from backprop_gui.engine.plan import compile_network
from backprop_gui.formats.format import Check, Format, register
from backprop_gui.formats.model import Model, storable
from backprop_gui.network import Edge, Kind, Layer, Network, Neuron

COLUMNS = ("kind", "source_id", "source", "target_id", "target", "value", "activation")
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


def write(model: Model, path: Path) -> None:
    """Write a CSV file."""
    with path.open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_rows(model))


def verify(path: Path, x: Array) -> Check:
    """Answer for raw inputs from the file, through a network drawn anew with the trained values."""
    with path.open(encoding="utf-8", newline="") as file:
        return Check(read(list(csv.DictReader(file))).predict(x), "Python's csv")


def read(rows: list[dict[str, str]]) -> Model:
    """Return the model that a file's rows describe, in float64; everything stands in one layer."""
    of_kind: dict[str, list[dict[str, str]]] = {
        "mean": [],
        "scale": [],
        "bias": [],
        "weight": [],
        "output": [],
    }
    for row in rows:
        of_kind[row["kind"]].append(row)
    inputs = [
        Neuron(int(row["target_id"]), 0, Kind.INPUT, row["target"], "identity", None)
        for row in of_kind["mean"]
    ]
    others = {
        int(row["target_id"]): Neuron(
            int(row["target_id"]),
            0,
            Kind.HIDDEN,
            row["target"],
            row["activation"],
            float(row["value"]) if row["value"] else None,
        )
        for row in of_kind["bias"]
    }
    outputs = [others.pop(int(row["target_id"])) for row in of_kind["output"]]
    neurons = (
        *inputs,
        *others.values(),
        *(Neuron(n.id, 0, Kind.OUTPUT, n.name, n.activation, n.bias) for n in outputs),
    )
    edges = tuple(
        Edge(int(row["source_id"]), int(row["target_id"]), float(row["value"])) for row in of_kind["weight"]
    )
    next_id = 1 + max(neuron.id for neuron in neurons)
    network = Network(neurons, edges, (Layer(0, "all"),), next_id)
    plan = compile_network(network)
    return Model(
        network,
        plan,
        plan.start,
        LOSSES[of_kind["output"][0]["activation"]],
        np.array([float(row["value"]) for row in of_kind["mean"]]),
        np.array([float(row["value"]) for row in of_kind["scale"]]),
        tuple(row["target"] for row in of_kind["mean"]),
        tuple(row["target"] for row in of_kind["output"]),
    )


def _rows(model: Model) -> Iterator[tuple[object, ...]]:
    network = model.network
    name = {neuron.id: _cell(storable(neuron.name)) for neuron in network.neurons}
    for kind, values in (("mean", model.mean), ("scale", model.scale)):
        for neuron, column, value in zip(network.inputs, model.input_names, values.tolist(), strict=True):
            yield kind, "", "", neuron.id, _cell(column), repr(value), ""
    for neuron in network.neurons:
        if neuron.kind is not Kind.INPUT:
            bias = repr(model.biases[neuron.id]) if neuron.id in model.biases else ""
            yield "bias", "", "", neuron.id, name[neuron.id], bias, neuron.activation
    for edge, weight in zip(network.edges, model.weights, strict=True):
        yield "weight", edge.source, name[edge.source], edge.target, name[edge.target], repr(weight), ""
    for neuron, column in zip(network.outputs, model.output_names, strict=True):
        yield "output", "", "", neuron.id, _cell(column), "", model.loss.name


def _cell(text: str) -> str:
    return "'" + text if text.startswith(RUN_BY_SPREADSHEETS) else text


register(
    Format(
        "csv",
        "CSV table",
        (".csv",),
        "One row for each weight and bias, for spreadsheets.",
        write,
        verify,
    )
)
