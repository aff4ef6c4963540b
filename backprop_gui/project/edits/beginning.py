"""How new parameters begin: drawn, or so that the network goes on computing what it computed before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.engine.initializers import INITIALIZERS, drawer
from backprop_gui.engine.losses import LOSSES
from backprop_gui.network import Draw, Edge, Key, Kind, Network, Neuron
from backprop_gui.network.reach import Influence
from backprop_gui.project.edits.edit import Starts
from backprop_gui.project.project import Project

Ends = tuple[int, int]

AS_BEFORE = "so the network computes what it did before."


def seed_of(project: Project) -> int:
    """Return a seed that differs from edit to edit, and is the same whenever the same drawing is edited."""
    network = project.network
    return project.training.seed + (network.next_id << 24) + len(network.edges)


def draw_of(project: Project) -> Draw:
    """Return what draws the weights of this edit."""
    return drawer(project.training.initializer, seed_of(project))


def new_neuron(
    project: Project, kind: Kind, peers: Sequence[Neuron], activation: str | None = None
) -> Neuron:
    """Return a neuron without id, layer, name and place, which takes after its peers, else after others of its kind.

    ``activation`` comes before what the others have.
    """
    if kind is Kind.INPUT:
        return Neuron(-1, -1, kind, "", "identity", None)
    others = [n for n in project.network.neurons if n.kind is kind]
    model = next((n for n in reversed(peers) if n.kind is kind), others[-1] if others else None)
    bias = INITIALIZERS[project.training.initializer].bias
    if model is not None:
        bias_or_none = None if model.bias is None else bias
        return Neuron(-1, -1, kind, "", activation or model.activation, bias_or_none)
    if kind is Kind.OUTPUT:
        fused = LOSSES[project.training.loss].fused
        return Neuron(-1, -1, kind, "", activation or (fused.activation if fused else "identity"), bias)
    return Neuron(-1, -1, kind, "", activation or "tanh", bias)


@dataclass(frozen=True, slots=True)
class Begun:
    """New edges, and how many of them begin at 0, are drawn without any effect yet, or change the function.

    ``answers`` is False if the network does not compute anything yet that could be kept.
    """

    edges: list[Edge]
    zero: int = 0
    silent: int = 0
    changing: int = 0
    answers: bool = True


def begun(project: Project, network: Network, ends: Sequence[Ends], starts: Starts) -> Begun:
    """Return edges between ``ends`` with their starting weights.

    To keep what the network computes, a weight is 0 where its target has a say in an answer. Elsewhere it is drawn,
    because it changes nothing, and with zeros on both sides of a neuron none of them would ever learn. For the same
    reason it is drawn if the source puts out 0 all the time, and if the target stands where its activation is level
    and nothing else moves it; only the latter changes the function.

    Parameters
    ----------
    network : Network
        The edited network without the new edges; new neurons in it had no say yet.
    """
    draw = draw_of(project)
    more_in, more_out = Counter(t for _, t in ends), Counter(s for s, _ in ends)
    drawn = [
        Edge(s, t, draw(len(network.incoming[t]) + more_in[t], len(network.outgoing[s]) + more_out[s]))
        for s, t in ends
    ]
    if not starts.keep:
        return Begun(drawn, changing=len(drawn))
    old = project.network
    influence = Influence(old, starts.value)
    matters = {t: t in old.neuron_of and t in influence for t in more_in}
    if not any(matters.values()):
        return Begun(drawn, silent=len(drawn), answers=influence.on_anything)
    constant = _Constants(network, old, starts)
    off = {s for s in more_out if s not in more_in and constant.puts_out_zero(s)}
    stuck = {t for t, does in matters.items() if does and constant.is_level(t)}
    edges: list[Edge] = []
    zero = silent = changing = 0
    for edge in drawn:
        if not matters[edge.target] or edge.source in off:
            silent += 1
        elif edge.target in stuck:
            changing += 1
        else:
            zero += 1
            edge = Edge(edge.source, edge.target, 0.0)
        edges.append(edge)
    return Begun(edges, zero, silent, changing)


class _Constants:
    """Answers what neurons put out that nothing moves, since all weights into them are 0."""

    def __init__(self, network: Network, old: Network, starts: Starts) -> None:
        self._network, self._old, self._starts = network, old, starts

    def puts_out_zero(self, id: int) -> bool:
        """Return whether the output is 0 all the time, but would follow a weight that is no longer 0."""
        bias = self._fixed_sum(id)
        if bias != 0:
            return False
        value, slope = _at(self._network.neuron_of[id].activation, 0.0)
        return value == 0 and slope != 0

    def is_level(self, id: int) -> bool:
        """Return whether the neuron puts out the same all the time and its activation is level there."""
        bias = self._fixed_sum(id)
        return bias is not None and _at(self._network.neuron_of[id].activation, bias)[1] == 0

    def _fixed_sum(self, id: int) -> float | None:
        """Return the weighted sum of a neuron whose weights are all 0, otherwise None."""
        neuron = self._network.neuron_of[id]
        if neuron.kind is Kind.INPUT:
            return None
        key: Key
        for edge in self._network.incoming[id]:
            key = (edge.source, id)
            if self._starts.value(key) != 0:
                return None
        if neuron.bias is None:
            return 0.0
        return self._starts.value(id) if id in self._old.neuron_of else neuron.bias


def _at(activation: str, z: float) -> tuple[float, float]:
    """Return f(z) and f'(z)."""
    entry = ACTIVATIONS[activation]
    at = np.array([z])
    value, slope = np.empty_like(at), np.empty_like(at)
    with np.errstate(all="ignore"):
        entry.function(at, value)
        entry.derivative(at, value, slope)
    return float(value[0]), float(slope[0])


def sentence(begin: Begun, starts: Starts) -> str:
    """Return what happened to the function; nothing where nobody asked to keep it, or there is none yet."""
    if not starts.keep or not begin.answers or not begin.edges:
        return ""
    one = len(begin.edges) == 1
    if begin.changing:
        subject = "The new weight is" if one else "The new weights are"
        return f"{subject} drawn, because at 0 nothing would be learned here: the network computes something else now."
    if begin.zero and begin.silent:
        return (
            f"{begin.zero:,} of the new weights begin at 0 and {begin.silent:,} are drawn where they have no "
            f"effect yet, {AS_BEFORE}"
        )
    if begin.zero:
        return f"{'The new weight begins' if one else 'The new weights begin'} at 0, {AS_BEFORE}"
    if one:
        return "The new weight is drawn and has no effect yet."
    return "The new weights are drawn and have no effect yet."


__all__ = ["AS_BEFORE", "Begun", "Ends", "begun", "draw_of", "new_neuron", "seed_of", "sentence"]
