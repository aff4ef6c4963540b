"""A model as named arrays and named texts: what .npz and .safetensors files hold.

Values are numbered: inputs first, then the neurons of rank 1, of rank 2, and so on. For k = 1, 2, ...

=====================  ==========================  ===================================================================
``input_mean``         (inputs,)                   what is subtracted from raw inputs
``input_scale``        (inputs,)                   what the difference is divided by
``sources{k}``         (sources,) int64            the numbers of the values that rank k reads
``W{k}``               (neurons, sources)          weights, 0 where no edge is drawn
``b{k}``               (neurons,)                  biases, 0 where there is none
``drawn{k}``           (neurons, sources) bool     where an edge is drawn
``has_bias{k}``        (neurons,) bool             where a neuron has a bias
``outputs``            (outputs,) int64            the numbers of the values that are outputs
``neuron_ids``         (values,) int64             the drawing's id of each value
=====================  ==========================  ===================================================================

=========================  ======================================================================================
``activations{k}``         one name a neuron of rank k
``activation_names``       every activation that occurs, and, in the same order,
``activation_formulas``    what it is: a NumPy expression in ``z``
``prediction``             one NumPy expression in ``a``, the outputs, whose last axis they are
``loss``                   one name: what the network was trained with
``neuron_names``           what the drawing calls each value
``input_names``            what the data calls its columns
``output_names``           what the data calls its target columns, or its classes
``class_names``            may be empty
``title``, ``format``      one text each; the format is ``backprop-lab 1``
=========================  ======================================================================================

To compute outputs, with ``x`` of shape (examples, inputs)::

    a = (x - input_mean) / input_scale
    for k in 1, 2, ...:
        z = a[:, sources{k}] @ W{k}.T + b{k}
        column j of f is the activation activations{k}[j] of column j of z
        a = np.hstack([a, f])
    y = a[:, outputs], and then ``prediction`` with a = y
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.engine.losses import LOSSES
from backprop_gui.formats.calculation import Calculation, Rank
from backprop_gui.formats.model import Model

FORMAT = "backprop-lab 1"


def arrays_of(model: Model) -> dict[str, NDArray[Any]]:
    """Return the numbers of ``model`` under the names above, each contiguous."""
    calculation = model.calculation
    found: dict[str, NDArray[Any]] = {
        "input_mean": model.mean,
        "input_scale": model.scale,
        "outputs": calculation.outputs.astype(np.int64),
        "neuron_ids": np.array([neuron.id for neuron in model.neurons], np.int64),
    }
    for k, rank in enumerate(calculation.ranks, start=1):
        found[f"sources{k}"] = rank.sources.astype(np.int64)
        found[f"W{k}"] = rank.weights
        found[f"b{k}"] = rank.bias
        found[f"drawn{k}"] = rank.drawn
        found[f"has_bias{k}"] = rank.has_bias
    return {name: np.ascontiguousarray(array) for name, array in found.items()}


def texts_of(model: Model) -> dict[str, list[str]]:
    """Return the words of ``model`` under the names above."""
    ranks = model.calculation.ranks
    used = list(dict.fromkeys(itertools.chain.from_iterable(rank.activations for rank in ranks)))
    return {
        "format": [FORMAT],
        "title": [model.title],
        "loss": [model.loss.name],
        "prediction": [model.loss.numpy],
        "activation_names": used,
        "activation_formulas": [ACTIVATIONS[name].numpy for name in used],
        "neuron_names": list(model.neuron_names),
        "input_names": list(model.input_names),
        "output_names": list(model.output_names),
        "class_names": list(model.class_names),
        **{f"activations{k}": list(rank.activations) for k, rank in enumerate(ranks, start=1)},
    }


def calculation_of(arrays: Mapping[str, NDArray[Any]], texts: Mapping[str, Sequence[str]]) -> Calculation:
    """Return the calculation that arrays and texts, read from a file, describe."""
    ranks: list[Rank] = []
    while (name := f"W{len(ranks) + 1}") in arrays:
        k = name[1:]
        ranks.append(
            Rank(
                arrays[f"sources{k}"],
                arrays[name],
                arrays[f"drawn{k}"],
                arrays[f"b{k}"],
                arrays[f"has_bias{k}"],
                tuple(str(activation) for activation in texts[f"activations{k}"]),
            )
        )
    return Calculation(
        arrays["input_mean"],
        arrays["input_scale"],
        tuple(ranks),
        arrays["outputs"],
        LOSSES[str(texts["loss"][0])],
    )
