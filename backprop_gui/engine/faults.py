"""The fault lab's bugs: backpropagation as a textbook writes it, with the places where it is often got wrong.

The pass here goes neuron by neuron, so that each equation stands in one line and a bug is one small change of it
(:class:`Equations`). Without a fault it is right, which makes it a second proof of
:mod:`backprop_gui.engine.passes`. It is for the sandbox: what trains a project never comes here.

All arrays may have further axes in front, written ``...``: with a stack of parameter vectors many networks are
computed at once, which is how hundreds of starting weights are tried in seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.engine.arrays import Array
from backprop_gui.engine.losses import Loss
from backprop_gui.engine.plan import Indices, Plan
from backprop_gui.network import Kind, Network, Neuron
from backprop_gui.registry import Registry


@dataclass(frozen=True, slots=True)
class Equations:
    """How the four equations of backpropagation are applied; the defaults are right.

    Attributes
    ----------
    output_slopes, hidden_slopes : int
        How many times f'(z) is a factor of δ at an output, and at a hidden neuron.
    passes_output_slope : bool
        Whether the error that an output passes back is its δ, or lacks its own f'(z).
    bias_factor : callable
        ``bias_factor(fan_in)`` is the factor of a bias's gradient, with the number of edges into its neuron.
    sign : float
        Factor of the whole gradient.
    """

    output_slopes: int = 1
    hidden_slopes: int = 1
    passes_output_slope: bool = True
    bias_factor: Callable[[int], float] = lambda fan_in: 1.0
    sign: float = 1.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One known way to get backpropagation wrong.

    Attributes
    ----------
    name, label : str
    what : str
        What is wrong, in one sentence.
    why : str
        Why it is easily made, and why training does not give it away.
    formula, right : str
        The wrong equation, and the right one; ``_word`` is a subscript.
    equations : Equations
    spares : callable
        ``spares(network)`` says why the bug changes no gradient in this network; empty where it does.
    """

    name: str
    label: str
    what: str
    why: str
    formula: str
    right: str
    equations: Equations
    spares: Callable[[Network], str] = lambda network: ""


FAULTS: Registry[Fault] = Registry("fault")

_RIGHT = Equations()
LEAST_SLOPE = 1e-15
"""What f' is at least where ∂L/∂a of a cross-entropy divides by it: an answer exactly right gives 0, and not 0/0."""


class TextbookPass:
    """Forward and backward through one plan, neuron by neuron, right or with a fault.

    Parameters
    ----------
    plan : Plan
    loss : Loss
    fault : Fault or None
        None for backpropagation as it should be.
    mean : bool
        Whether the gradient is the mean over the examples or their sum.
    """

    def __init__(self, plan: Plan, loss: Loss, fault: Fault | None = None, *, mean: bool = True) -> None:
        self.plan, self.loss, self.mean = plan, loss, mean
        self._equations = _RIGHT if fault is None else fault.equations
        network = plan.network
        self._neurons = len(network.neurons)
        self._inputs, self._outputs = (
            [plan.column[neuron.id] for neuron in some] for some in (network.inputs, network.outputs)
        )
        fused = loss.fused
        self._fused = [fused is not None and n.activation == fused.activation for n in network.outputs]
        slot = dict(zip(plan.keys, plan.slots.tolist(), strict=True))
        ranked = sorted(network.neurons, key=lambda neuron: network.ranks[neuron.id])
        self._ranked = [_Wiring.of(neuron, plan, slot) for neuron in ranked if neuron.kind is not Kind.INPUT]

    def gradient(self, theta: Array, x: Array, t: Array) -> Array:
        """Return what this backpropagation takes for the gradient, (..., parameters).

        Parameters
        ----------
        theta : (..., parameters) array
        x, t : (examples, inputs), (examples, outputs) arrays
        """
        equations = self._equations
        grad: Array = np.zeros(theta.shape)
        with np.errstate(all="ignore"):
            z, a = self._forward(theta, x)
            by_a, by_z = self._output_slopes(a, t)
            passed = np.zeros_like(a)
            for neuron in reversed(self._ranked):
                at = neuron.column
                slope = neuron.slope(z[..., at, :], a[..., at, :])
                back = _weighted(theta[..., neuron.out_slots], passed[..., neuron.targets, :])
                if neuron.output is None:
                    delta = passed[..., at, :] = back * slope**equations.hidden_slopes
                else:
                    times, own = equations.output_slopes, by_a[neuron.output]
                    fused = self._fused[neuron.output] and times
                    delta = by_z[neuron.output] * slope ** (times - 1) if fused else own * slope**times
                    delta = delta + back * slope**times
                    passed[..., at, :] = delta if equations.passes_output_slope else own + back
                of_bias = equations.bias_factor(len(neuron.sources)) * delta.sum(axis=-1)
                if neuron.bias_slot is not None:
                    grad[..., neuron.bias_slot] = of_bias
                grad[..., neuron.in_slots] = (a[..., neuron.sources, :] @ delta[..., None])[..., 0]
            grad *= equations.sign / (len(x) if self.mean else 1)
        return grad

    def evaluate(self, theta: Array, x: Array, t: Array) -> tuple[Array, Array]:
        """Return each example's loss, (..., examples), and the predictions, (outputs, ..., examples)."""
        with np.errstate(all="ignore"):
            z, a = self._forward(theta, x)
            outputs, targets = self._rows(a), self._targets(a, t)
            fused, loss = np.array(self._fused), self.loss
            losses: Array = np.zeros(a.shape[:-2] + a.shape[-1:])
            if loss.fused is not None and fused.any():
                losses = losses + loss.fused.value(self._rows(z)[fused], targets[fused])
            if not fused.all():
                losses = losses + loss.value(outputs[~fused], targets[~fused])
            return losses, loss.predict(outputs)

    def _forward(self, theta: Array, x: Array) -> tuple[Array, Array]:
        """Return z and a, (..., neurons, examples); for inputs both are the input."""
        z = np.zeros((*theta.shape[:-1], self._neurons, len(x)))
        a = np.zeros_like(z)
        z[..., self._inputs, :] = a[..., self._inputs, :] = x.T
        for neuron in self._ranked:
            total = _weighted(theta[..., neuron.in_slots], a[..., neuron.sources, :])
            if neuron.bias_slot is not None:
                total = total + theta[..., neuron.bias_slot, None]
            z[..., neuron.column, :] = total
            a[..., neuron.column, :] = neuron.activated(total)
        return z, a

    def _output_slopes(self, a: Array, t: Array) -> tuple[Array, Array]:
        """Return ∂L/∂a and, where a fused loss gives it, ∂L/∂z of the outputs, (outputs, ..., examples)."""
        outputs, targets, fused = self._rows(a), self._targets(a, t), np.array(self._fused)
        by_a, by_z = np.empty_like(outputs), np.zeros_like(outputs)
        self.loss.slope(outputs, targets, by_a)
        if self.loss.fused is not None and fused.any():
            self.loss.fused.delta(outputs, targets, by_z)
            ours, slope = outputs[fused], np.empty_like(outputs[fused])
            ACTIVATIONS[self.loss.fused.activation].derivative(ours, ours, slope)
            by_a[fused] = by_z[fused] / np.maximum(slope, LEAST_SLOPE)
        return by_a, by_z

    def _rows(self, values: Array) -> Array:
        """Return the outputs among ``values`` as a loss wants them, (outputs, ..., examples)."""
        return np.ascontiguousarray(np.moveaxis(values[..., self._outputs, :], -2, 0))

    def _targets(self, a: Array, t: Array) -> Array:
        count, examples = len(self._outputs), a.shape[-1]
        return np.broadcast_to(
            t.T.reshape(count, *(1,) * (a.ndim - 2), examples), (count, *a.shape[:-2], examples)
        )


@dataclass(frozen=True, slots=True)
class _Wiring:
    """One neuron above the inputs: its column, what leads to it and out of it, and where the parameters are in θ.

    ``output`` is its place among the outputs, None for a hidden neuron.
    """

    column: int
    activation: str
    output: int | None
    bias_slot: int | None
    sources: Indices
    in_slots: Indices
    targets: Indices
    out_slots: Indices

    @classmethod
    def of(cls, neuron: Neuron, plan: Plan, slot: dict[int | tuple[int, int], int]) -> _Wiring:
        network = plan.network
        incoming, outgoing = network.incoming[neuron.id], network.outgoing[neuron.id]
        outputs = [output.id for output in network.outputs]
        return cls(
            plan.column[neuron.id],
            neuron.activation,
            outputs.index(neuron.id) if neuron.id in outputs else None,
            slot.get(neuron.id),
            _indices([plan.column[edge.source] for edge in incoming]),
            _indices([slot[edge.source, edge.target] for edge in incoming]),
            _indices([plan.column[edge.target] for edge in outgoing]),
            _indices([slot[edge.source, edge.target] for edge in outgoing]),
        )

    def activated(self, z: Array) -> Array:
        a = np.empty_like(z)
        ACTIVATIONS[self.activation].function(z, a)
        return a

    def slope(self, z: Array, a: Array) -> Array:
        slope = np.empty(z.shape)
        ACTIVATIONS[self.activation].derivative(np.ascontiguousarray(z), np.ascontiguousarray(a), slope)
        return slope


def _indices(values: list[int]) -> Indices:
    return np.array(values, np.intp)


def _weighted(weights: Array, values: Array) -> Array:
    """Σ w v over the edges: (..., edges) and (..., edges, examples) to (..., examples)."""
    return np.asarray((weights[..., None, :] @ values)[..., 0, :])


# ---- the seven


def _straight(activation: str, *, powers: bool = False) -> bool:
    """Return whether f' is 1 everywhere, or, with ``powers``, equal to its own square: 0 or 1."""
    return activation == "identity" or (powers and activation == "relu")


def _outputs_are_identities(network: Network) -> str:
    if all(_straight(neuron.activation) for neuron in network.outputs):
        return "every output has the identity as its activation, whose f' is 1"
    return ""


def _outputs_slopes_are_0_or_1(network: Network) -> str:
    if not _outputs_are_identities(network) and all(
        _straight(neuron.activation, powers=True) for neuron in network.outputs
    ):
        return "f' of every output is 0 or 1, and so is its square"
    return _outputs_are_identities(network)


def _hidden_are_identities(network: Network) -> str:
    hidden = [neuron for neuron in network.neurons if neuron.kind is Kind.HIDDEN]
    if not hidden:
        return "there is no hidden neuron"
    if all(_straight(neuron.activation) for neuron in hidden):
        return "every hidden neuron has the identity as its activation, whose f' is 1"
    return ""


def _nothing_behind_outputs(network: Network) -> str:
    reason = _outputs_are_identities(network)
    if reason:
        return reason
    curved = [neuron for neuron in network.outputs if not _straight(neuron.activation)]
    kind = {neuron.id: neuron.kind for neuron in network.neurons}
    sources = [edge.source for neuron in curved for edge in network.incoming[neuron.id]]
    if all(kind[source] is Kind.INPUT for source in sources):
        return "only inputs lead to outputs whose f' is not 1, and no error is passed back to an input"
    return ""


def _without_biases(network: Network) -> str:
    return "" if any(neuron.bias is not None for neuron in network.neurons) else "no neuron has a bias"


def _single_edges(network: Network) -> str:
    biased = [neuron for neuron in network.neurons if neuron.bias is not None]
    if biased and all(len(network.incoming[neuron.id]) == 1 for neuron in biased):
        return "only one edge leads to each neuron with a bias"
    return _without_biases(network)


for _fault in (
    Fault(
        "sign",
        "sign flipped",
        "The step goes up the slope instead of down.",
        "With (target − output) as the error the update is an addition; mixing both conventions flips the sign. The "
        "only one of the seven that no loss curve hides.",
        "w ← w + η ∂L/∂w",
        "w ← w − η ∂L/∂w",
        Equations(sign=-1.0),
    ),
    Fault(
        "output-slope-dropped",
        "f' dropped at the output",
        "δ of the outputs lacks the slope of their activation.",
        "δ = a − t is right for a sigmoid with cross-entropy, where f' cancels, and is copied to errors where it does "
        "not. Since f' is positive, the outputs still move towards their targets, often faster.",
        "δ_out = ∂L/∂a",
        "δ_out = ∂L/∂a · f'(z)",
        Equations(output_slopes=0),
        _outputs_are_identities,
    ),
    Fault(
        "hidden-slope-dropped",
        "f' dropped at the hidden layer",
        "δ of the hidden neurons lacks the slope of their activation.",
        "Passing errors back through the weights looks complete. The output layer still learns as it should, so the "
        "loss goes down.",
        "δ_hid = Σ w δ_next",
        "δ_hid = Σ w δ_next · f'(z)",
        Equations(hidden_slopes=0),
        _hidden_are_identities,
    ),
    Fault(
        "output-slope-twice",
        "f' twice at the output",
        "δ of the outputs is multiplied by the slope twice.",
        "One function multiplies by f' when it makes the error, another when it makes δ. The direction of each step "
        "is nearly kept, so training is only slower.",
        "δ_out = ∂L/∂a · f'(z) · f'(z)",
        "δ_out = ∂L/∂a · f'(z)",
        Equations(output_slopes=2),
        _outputs_slopes_are_0_or_1,
    ),
    Fault(
        "error-without-slope",
        "hidden error without the output's f'",
        "The hidden neurons get the output's error ∂L/∂a instead of its δ.",
        "“The error is passed back” is taken at its word. The output layer is right, and the hidden one moves in "
        "nearly the right direction.",
        "δ_hid = Σ w (∂L/∂a)_out · f'(z)",
        "δ_hid = Σ w δ_out · f'(z)",
        Equations(passes_output_slope=False),
        _nothing_behind_outputs,
    ),
    Fault(
        "bias-fan-in-times",
        "each bias moved fan-in times",
        "A bias takes its step once for every edge into its neuron.",
        "The bias is updated inside the loop over the incoming weights. That is nothing but a larger learning rate "
        "for biases, so training works.",
        "b ← b − η n_in δ",
        "b ← b − η δ",
        Equations(bias_factor=lambda fan_in: float(fan_in)),
        _single_edges,
    ),
    Fault(
        "biases-frozen",
        "biases frozen",
        "Biases never move.",
        "The update loops over the weights and forgets the rest. The weights make up for much of it.",
        "b ← b",
        "b ← b − η δ",
        Equations(bias_factor=lambda fan_in: 0.0),
        _without_biases,
    ),
):
    FAULTS.add(_fault.name, _fault)


__all__ = ["FAULTS", "Equations", "Fault", "TextbookPass"]
