"""The fault lab's bugs: the places where backpropagation is often got wrong, and why training does not show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backprop_gui.engine.textbook import Equations
from backprop_gui.network import Kind, Network
from backprop_gui.registry import Registry


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
        "loss rises: of the seven it is the one that gives itself away at once.",
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


__all__ = ["FAULTS", "Fault"]
