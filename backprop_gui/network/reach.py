"""What leads where: whether new edges are possible, and which neurons have a say in the answer."""

from __future__ import annotations

from collections.abc import Callable, Collection

from backprop_gui.network.errors import (
    CycleError,
    DuplicateEdgeError,
    EdgeIntoInputError,
    NetworkError,
    SelfEdgeError,
)
from backprop_gui.network.network import Network
from backprop_gui.network.parts import Key, Kind


def new_pairs(network: Network, sources: Collection[int], targets: Collection[int]) -> list[tuple[int, int]]:
    """Return the (source, target) pairs that are not connected yet, target by target, none to itself."""
    sources, targets = list(dict.fromkeys(sources)), dict.fromkeys(targets)
    known = network.edge_of
    return [(s, t) for t in targets for s in sources if s != t and (s, t) not in known]


def problem_with_connect(
    network: Network, sources: Collection[int], targets: Collection[int]
) -> NetworkError | None:
    """Return why not every source can be connected to every target, or None if it can.

    What is connected already, and a neuron that is a source and a target, does no harm as long as anything is left
    to connect. Looks only at edges between the ranks of the two sides, so it can be asked while the mouse moves.
    """
    for id in (*sources, *targets):
        if id not in network.neuron_of:
            return network.problem_with_edge(id, id)
    if not sources or not targets:
        return NetworkError("There is nothing to connect: choose neurons on both sides.")
    if len(sources) == len(targets) == 1:
        return network.problem_with_edge(*sources, *targets)
    name = {id: network.neuron_of[id].name for id in (*sources, *targets)}
    for target in targets:
        if network.neuron_of[target].kind is Kind.INPUT:
            return EdgeIntoInputError(
                f"An edge cannot end at {name[target]}: it is an input, and its value comes from the data."
            )
    back = _way_back(network, sources, targets)
    if back is not None:
        return back
    starts = set(sources)
    for target in targets:
        others = len(starts) - (target in starts)
        if sum(edge.source in starts for edge in network.incoming[target]) < others:
            return None
    if len(starts | set(targets)) == 1:
        return SelfEdgeError("An edge cannot lead from a neuron to itself: a network must feed forward.")
    return DuplicateEdgeError("All of these neurons are already connected.")


def problem_with_insert(network: Network, left: int, right: int) -> NetworkError | None:
    """Return why no layer can be put between two layers, so that all of one leads to it and it to all of the other.

    Looks only at edges between the ranks of the two layers, so it can be asked while the mouse moves.
    """
    names = [network.require_layer(layer).name for layer in (left, right)]
    inside = {neuron.id for neuron in network.members[left]}
    after = [neuron.id for neuron in network.members[right] if neuron.kind is not Kind.INPUT]
    if left == right or not any(edge.source in inside for id in after for edge in network.incoming[id]):
        return NetworkError(
            f"No edge leads from the layer {names[0]} to the layer {names[1]}: connect them, then a layer fits between."
        )
    ends = _leads_back(network, inside, after)
    if ends is None:
        return None
    source, target = (network.neuron_of[id].name for id in ends)
    return CycleError(
        f"A layer between {names[0]} and {names[1]} would close a cycle, because {target} already leads to {source}: "
        "a network must feed forward."
    )


def _way_back(network: Network, sources: Collection[int], targets: Collection[int]) -> CycleError | None:
    """Return an error if an edge from a source to a target would close a cycle, also together with another one."""
    ends = set(targets)
    both = [id for id in dict.fromkeys(sources) if id in ends]
    if len(both) > 1:
        one, other = (network.neuron_of[id].name for id in both[:2])
        return CycleError(
            f"Edges from {one} to {other} and back would close a cycle: a network must feed forward."
        )
    found = _leads_back(network, sources, targets)
    if found is None:
        return None
    source, target = (network.neuron_of[id].name for id in found)
    return CycleError(
        f"An edge from {source} to {target} would close a cycle, because {target} already leads to "
        f"{source}: a network must feed forward."
    )


def _leads_back(
    network: Network, sources: Collection[int], targets: Collection[int]
) -> tuple[int, int] | None:
    """Return a source and a target that already leads to it, None if there are none."""
    ends, ranks = set(targets), network.ranks
    lowest = min(ranks[id] for id in ends)
    origin = {id: id for id in sources}
    stack = [id for id in origin if ranks[id] > lowest]
    while stack:
        here = stack.pop()
        for edge in network.incoming[here]:
            before = edge.source
            if before in ends:
                return origin[here], before
            if before not in origin:
                origin[before] = origin[here]
                if ranks[before] > lowest:
                    stack.append(before)
    return None


def led_to(network: Network, start: int) -> list[int]:
    """Return a neuron and all that it leads to, those with the longest way from the inputs first."""
    found, waiting = {start}, [start]
    while waiting:
        for edge in network.outgoing[waiting.pop()]:
            if edge.target not in found:
                found.add(edge.target)
                waiting.append(edge.target)
    return sorted(found, key=lambda id: -network.ranks[id])


class Influence:
    """Tells which neurons have a say in an answer now: an output that depends on the data, or leads to one.

    Parameters
    ----------
    network : Network
    value : callable
        The present weight of an edge, by (source, target). A weight of 0 passes nothing on.
    """

    def __init__(self, network: Network, value: Callable[[Key], float]) -> None:
        self._network, self._value = network, value
        self._without: set[int] = set()
        self._fed: dict[int, bool] = {}

    @property
    def on_anything(self) -> bool:
        """Whether any output depends on the data, so that there is something to have a say in."""
        return any(self._depends_on_data(neuron.id) for neuron in self._network.outputs)

    def __contains__(self, id: int) -> bool:
        network = self._network
        seen, stack = {id}, [id]
        while stack:
            here = stack.pop()
            if network.neuron_of[here].kind is Kind.OUTPUT and self._depends_on_data(here):
                return True
            for edge in network.outgoing[here]:
                after = edge.target
                if after not in seen and after not in self._without and self._value((here, after)) != 0:
                    seen.add(after)
                    stack.append(after)
        self._without |= seen
        return False

    def _depends_on_data(self, output: int) -> bool:
        """Return whether a path leads from an input to ``output``; an unfinished one computes nothing to keep."""
        if output not in self._fed:
            seen, stack = {output}, [output]
            self._fed[output] = False
            while stack and not self._fed[output]:
                for edge in self._network.incoming[stack.pop()]:
                    if self._network.neuron_of[edge.source].kind is Kind.INPUT:
                        self._fed[output] = True
                        break
                    if edge.source not in seen:
                        seen.add(edge.source)
                        stack.append(edge.source)
        return self._fed[output]


__all__ = ["Influence", "led_to", "new_pairs", "problem_with_connect", "problem_with_insert"]
