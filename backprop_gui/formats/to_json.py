"""JSON: the whole drawing with its trained values, for any language that reads JSON.

One object:

- ``format`` is ``"backprop-lab-model"`` and ``version`` is 1; ``title`` is a text.
- ``loss`` names what the network was trained with; ``prediction`` is a NumPy expression in ``a`` (the outputs, on the
  last axis) that makes predictions of the outputs: ``"a"`` where they are the predictions, softmax for classes.
- ``activations`` maps the name of each activation that occurs to a NumPy expression in ``z``.
- ``inputs``: in the order of the data's columns, ``neuron`` (an id), ``name`` of the column, ``mean`` and ``scale``:
  the neuron's value is (x - mean) / scale.
- ``outputs``: in the order of the predictions, ``neuron`` and ``name``; ``classes`` lists names, and may be empty.
- ``layers``: ``id`` and ``name``.
- ``neurons``: ``id``, ``layer``, ``kind`` (input, hidden or output), ``name``, ``activation``, ``bias`` (trained; null
  for none), ``start_bias`` (as drawn, before training), ``frozen``, ``position``.
- ``edges``: ``source`` and ``target`` (ids), ``weight`` (trained), ``start_weight``, ``frozen``.

A neuron's value is its activation of z, the sum of weight times source over its edges plus its bias. Numbers are
written so that reading them gives the very same ones. Neurons and edges stand on a line each.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.engine.arrays import Array
from backprop_gui.engine.losses import LOSSES
from backprop_gui.engine.plan import compile_network
from backprop_gui.formats.format import Check, Format, register
from backprop_gui.formats.model import Model, storable
from backprop_gui.network import Edge, Kind, Layer, Network, Neuron

FORMAT, VERSION = "backprop-lab-model", 1


def write(model: Model, path: Path) -> None:
    """Write a JSON file."""
    fields = ",\n".join(f"{_text(name)}: {_value(value)}" for name, value in _document(model).items())
    path.write_text(f"{{\n{fields}\n}}\n", encoding="utf-8", newline="\n")


def verify(path: Path, x: Array) -> Check:
    """Answer for raw inputs from the file, through a network drawn anew with the trained values."""
    return Check(read(json.loads(path.read_text(encoding="utf-8"))).predict(x), "Python's json")


def read(document: dict[str, Any]) -> Model:
    """Return the model that a file's object describes, in float64."""
    neurons = tuple(
        Neuron(n["id"], n["layer"], Kind(n["kind"]), n["name"], n["activation"], n["bias"])
        for n in document["neurons"]
    )
    edges = tuple(Edge(e["source"], e["target"], e["weight"]) for e in document["edges"])
    layers = tuple(Layer(layer["id"], layer["name"]) for layer in document["layers"])
    next_id = 1 + max(*(neuron.id for neuron in neurons), *(layer.id for layer in layers))
    network = Network(neurons, edges, layers, next_id)
    plan = compile_network(network)
    return Model(
        network,
        plan,
        plan.start,
        LOSSES[document["loss"]],
        np.array([column["mean"] for column in document["inputs"]]),
        np.array([column["scale"] for column in document["inputs"]]),
        tuple(column["name"] for column in document["inputs"]),
        tuple(column["name"] for column in document["outputs"]),
        tuple(document["classes"]),
        document["title"],
    )


def _document(model: Model) -> dict[str, Any]:
    network = model.network
    used = dict.fromkeys(neuron.activation for neuron in network.neurons if neuron.kind is not Kind.INPUT)
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": model.title,
        "loss": model.loss.name,
        "prediction": model.loss.numpy,
        "activations": {name: ACTIVATIONS[name].numpy for name in used},
        "inputs": [
            {"neuron": neuron.id, "name": name, "mean": mean, "scale": scale}
            for neuron, name, mean, scale in zip(
                network.inputs, model.input_names, model.mean.tolist(), model.scale.tolist(), strict=True
            )
        ],
        "outputs": [
            {"neuron": neuron.id, "name": name}
            for neuron, name in zip(network.outputs, model.output_names, strict=True)
        ],
        "classes": list(model.class_names),
        "layers": [{"id": layer.id, "name": storable(layer.name)} for layer in network.layers],
        "neurons": [
            {
                "id": neuron.id,
                "layer": neuron.layer,
                "kind": neuron.kind.value,
                "name": storable(neuron.name),
                "activation": neuron.activation,
                "bias": model.biases.get(neuron.id),
                "start_bias": neuron.bias,
                "frozen": neuron.frozen,
                "position": neuron.position,
            }
            for neuron in network.neurons
        ],
        "edges": [
            {
                "source": edge.source,
                "target": edge.target,
                "weight": weight,
                "start_weight": edge.weight,
                "frozen": edge.frozen,
            }
            for edge, weight in zip(network.edges, model.weights, strict=True)
        ],
    }


def _value(value: Any) -> str:
    """Write a list of objects with a line for each, anything else on one line."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        lines = ",\n".join("  " + _text(item) for item in value)
        return f"[\n{lines}\n]"
    return _text(value)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


register(
    Format(
        "json",
        "JSON",
        (".json",),
        "The whole drawing with its trained values, for any language.",
        write,
        verify,
    )
)
