"""The model: a trained network with everything that belongs to it outside the program."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backprop_gui.data import Prepared
from backprop_gui.engine.arrays import PRECISIONS, Array, frozen
from backprop_gui.engine.losses import LOSSES, Loss
from backprop_gui.engine.passes import Passes
from backprop_gui.engine.plan import Plan, compile_network
from backprop_gui.engine.stepper import check_fit
from backprop_gui.formats.calculation import Calculation, Rank
from backprop_gui.network import Network, Neuron
from backprop_gui.project import Project, examples_of

EXAMPLES = 16


@dataclass(frozen=True, eq=False)
class Model:
    """A trained network, the scaling of its inputs and what people call its inputs, outputs and classes.

    Attributes
    ----------
    network : Network
        The drawing that ``plan`` was compiled from.
    plan : Plan
    theta : (plan.size,) float64 or float32 array
        The trained parameters; its type is the precision of the exported ones.
    loss : Loss
        What it was trained with; its ``predict`` makes predictions of the outputs.
    mean, scale : (inputs,) float64 arrays
        The network sees (x - mean) / scale; 0 and 1 where inputs are not standardised.
    input_names, output_names : tuple of str
        What the data calls its columns.
    class_names : tuple of str
        What the classes are called, where there are classes.
    title : str

    Raises
    ------
    ValueError
        If shapes contradict each other, or ``theta`` is neither float64 nor float32.
    """

    network: Network
    plan: Plan
    theta: Array
    loss: Loss
    mean: Array
    scale: Array
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    title: str = ""

    def __post_init__(self) -> None:
        inputs, outputs = len(self.network.inputs), len(self.network.outputs)
        if self.theta.dtype not in (np.float64, np.float32):
            raise ValueError(f"theta must be float64 or float32, not {self.theta.dtype}")
        for name, length in (("mean", inputs), ("scale", inputs), ("theta", self.plan.size)):
            array = getattr(self, name)
            if array.shape != (length,):
                raise ValueError(f"{name} must have the shape ({length},), not {array.shape}")
            object.__setattr__(self, name, frozen(array if name == "theta" else array.astype(np.float64)))
        for name, length in (("input_names", inputs), ("output_names", outputs)):
            if len(getattr(self, name)) != length:
                raise ValueError(f"{name} must be {length} names, not {len(getattr(self, name))}")
        for name in ("input_names", "output_names", "class_names"):
            object.__setattr__(self, name, tuple(map(storable, getattr(self, name))))
        object.__setattr__(self, "title", storable(self.title))

    def predict(self, x: Array) -> Array:
        """Return what the network predicts for raw inputs, (examples, inputs) -> (examples, outputs).

        It is the engine's own forward pass, always in float64, whatever the precision of the parameters: one
        reference for every format.

        Raises
        ------
        ValueError
            If ``x`` has another shape.
        """
        x = np.asarray(x, dtype=np.float64)
        if x.ndim != 2 or x.shape[1] != len(self.mean):
            raise ValueError(f"x must have the shape (examples, {len(self.mean)}), not {x.shape}")
        passes = Passes(self.plan, self.theta.astype(np.float64), None, len(x), self.loss)
        passes.x[...] = ((x - self.mean) / self.scale).T
        with np.errstate(all="ignore"):
            for call in passes.forward:
                call()
            return np.ascontiguousarray(self.loss.predict(passes.outputs()).T)

    @cached_property
    def examples(self) -> Array:
        """Inputs on which an export is compared, (16, inputs) float64, the same ones each time.

        The first is the mean of the training data, the others are normal around it; all are exact in the precision
        of ``theta``, so that a file in that precision is asked the very same question.
        """
        x = np.random.default_rng(0).standard_normal((EXAMPLES, len(self.mean)))
        x[0] = 0
        return frozen((self.mean + self.scale * x).astype(self.theta.dtype).astype(np.float64))

    @cached_property
    def neurons(self) -> tuple[Neuron, ...]:
        """All neurons in the order of the calculation's values: inputs first, then rank after rank."""
        row = self.plan.row
        return tuple(sorted(self.network.neurons, key=lambda neuron: row[neuron.id]))

    @cached_property
    def neuron_names(self) -> tuple[str, ...]:
        """What the drawing calls ``neurons``."""
        return tuple(storable(neuron.name) for neuron in self.neurons)

    @cached_property
    def biases(self) -> dict[int, float]:
        """The trained bias of each neuron that has one, by id."""
        biased = [neuron.id for neuron in self.network.neurons if neuron.bias is not None]
        return dict(zip(biased, self.theta[self.plan.bias_slots].tolist(), strict=True))

    @cached_property
    def weights(self) -> list[float]:
        """The trained weight of each edge of the network, in drawing order."""
        values: list[float] = self.theta[self.plan.weight_slots].tolist()
        return values

    @cached_property
    def calculation(self) -> Calculation:
        """The trained network as the list of matrices that exporters write."""
        edges, count = self.network.edges, len(self.network.edges)
        value = {neuron.id: index for index, neuron in enumerate(self.neurons)}
        source = np.fromiter((value[edge.source] for edge in edges), np.intp, count)
        target = np.fromiter((value[edge.target] for edge in edges), np.intp, count)
        weight = self.theta[self.plan.weight_slots]
        order = np.argsort(target, kind="stable")
        ranks: list[Rank] = []
        start = len(self.mean)
        for block in self.plan.blocks:
            members = self.neurons[start : start + block.shape[0]]
            first, last = np.searchsorted(target[order], [start, start + len(members)])
            mine = order[first:last]
            sources, column = np.unique(source[mine], return_inverse=True)
            weights = np.zeros((len(members), len(sources)), self.theta.dtype)
            drawn = np.zeros(weights.shape, np.bool_)
            weights[target[mine] - start, column] = weight[mine]
            drawn[target[mine] - start, column] = True
            bias = np.array([self.biases.get(neuron.id, 0.0) for neuron in members], self.theta.dtype)
            has_bias = np.array([neuron.bias is not None for neuron in members])
            activations = tuple(neuron.activation for neuron in members)
            ranks.append(Rank(sources, weights, drawn, bias, has_bias, activations))
            start += len(members)
        outputs = np.array([value[neuron.id] for neuron in self.network.outputs], np.intp)
        return Calculation(self.mean, self.scale, tuple(ranks), outputs, self.loss)


def model_of(project: Project, prepared: Prepared) -> Model:
    """Return the model at the moment where ``project`` stands: that of its run, or of its drawn starting weights.

    Raises
    ------
    NetworkError
        If the network is not complete.
    DataMismatchError
        If it does not fit the columns of the data.
    """
    plan = compile_network(project.network)
    check_fit(project.network, examples_of(prepared))
    theta = plan.start.astype(PRECISIONS[project.training.precision])
    if project.run is not None:
        theta[plan.slots] = project.run.parameters
    dataset, scaling = prepared.dataset, prepared.scaling
    return Model(
        project.network,
        plan,
        theta,
        LOSSES[project.training.loss],
        scaling.mean,
        scaling.scale,
        dataset.input_names,
        dataset.target_names,
        dataset.class_names,
        project.name,
    )


def storable(text: str) -> str:
    """Return ``text`` with what no file format can hold (NUL, halves of surrogate pairs) replaced by U+FFFD."""
    return "".join("\ufffd" if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in text)
