"""Large projects to measure with, and the tables that they learn from, made up from a seed."""

from __future__ import annotations

import csv
import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np

from backprop_gui.data import Task, default_settings, load
from backprop_gui.network import Edge, Network, Neuron, dense
from backprop_gui.project import Project, initialized, project_for

EXAMPLES = 300
COLUMNS, COLUMN, REACH = 40, 25, 5
"""Layers, neurons of each, and edges into each neuron: 1,000 neurons."""
EDGES = 5000


def pictures(folder: Path) -> Project:
    """Return a 784-128-10 project, 101,632 edges, on noisy pictures of 28 x 28 pixels in ten classes."""
    random = np.random.default_rng(0)
    label = np.arange(EXAMPLES) % 10
    ideal = np.kron(random.random((10, 7, 7)), np.ones((4, 4))).reshape(10, 784)
    pixels = np.rint(255 * np.clip(ideal[label] + random.normal(0, 0.25, (EXAMPLES, 784)), 0, 1)).astype(int)
    path = folder / "pictures.csv"
    names = [f"pixel {n}" for n in range(784)]
    _write(
        path, [*names, "digit"], [[*row, f"digit {c}"] for row, c in zip(pixels.tolist(), label, strict=True)]
    )
    data = replace(default_settings(str(path)), targets=("digit",), task=Task.CLASSES)
    project = project_for(load(data), data, (128,), activation="relu", name="784-128-10")
    return replace(project, training=replace(project.training, batch_size=32, learning_rate=0.01))


def thousand_neurons(folder: Path) -> Project:
    """Return a project with 1,000 neurons and 5,000 edges: in 40 layers, and each neuron with few edges."""
    random = np.random.default_rng(0)
    path = folder / "columns.csv"
    names = [f"x{n}" for n in range(1, COLUMN + 1)] + [f"y{n}" for n in range(1, COLUMN + 1)]
    _write(path, names, random.normal(size=(EXAMPLES, 2 * COLUMN)).round(4).tolist())
    data = replace(default_settings(str(path)), targets=tuple(names[COLUMN:]), task=Task.REGRESSION)
    project = project_for(load(data), data, (1,), name="1,000 neurons")
    return initialized(replace(project, network=_sparse(project.network, random)))


def _sparse(names: Network, random: np.random.Generator) -> Network:
    """Return layers in which each neuron is connected with few of the next layer; ends are called as in ``names``."""
    full = dense([COLUMN] * COLUMNS, output_activation="identity")
    columns = [[n.id for n in full.members[layer.id]] for layer in full.layers]
    edges = [
        Edge(source[(place + step) % COLUMN], target[place], 0.0)
        for source, target in itertools.pairwise(columns)
        for place in range(COLUMN)
        for step in range(REACH)
    ]
    # Some leap over a layer.
    while len(edges) < EDGES:
        column = int(random.integers(COLUMNS - 2))
        pair = columns[column][random.integers(COLUMN)], columns[column + 2][random.integers(COLUMN)]
        if all((edge.source, edge.target) != pair for edge in edges[COLUMN * REACH * (COLUMNS - 1) :]):
            edges.append(Edge(*pair, 0.0))
    ends = {n.id: named.name for n, named in zip(full.inputs, names.inputs, strict=True)}
    ends |= {n.id: named.name for n, named in zip(full.outputs, names.outputs, strict=True)}
    neurons: tuple[Neuron, ...] = tuple(replace(n, name=ends.get(n.id, n.name)) for n in full.neurons)
    return replace(full, neurons=neurons, edges=tuple(edges))


def _write(path: Path, names: list[str], rows: list[list[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)


__all__ = ["pictures", "thousand_neurons"]
