"""What one gesture does: the edited project, the name of its undo step, and what the trainer has to know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from backprop_gui.network import Key, Network
from backprop_gui.network.errors import ShapeError
from backprop_gui.network.templates import LARGEST_LAYER, MOST_EDGES
from backprop_gui.numerals import counted
from backprop_gui.project.limits import check_edited
from backprop_gui.project.project import Project


@dataclass(frozen=True, slots=True)
class Edit:
    """One step of undo.

    Attributes
    ----------
    text : str
        What the step is called, such as ``Connect h1 to ŷ``.
    project : Project
        The edited one; without a run if the network has changed.
    selected : frozenset or None
        What is selected afterwards; None leaves the selection as it is.
    touched : frozenset
        Parameters that take their drawn value although it may be the one that was drawn before.
    inherits : mapping
        Which old parameter's present value and optimiser state a new parameter takes over.
    note : str
        A sentence to show, or nothing.
    """

    text: str
    project: Project
    selected: frozenset[Key] | None = None
    touched: frozenset[Key] = frozenset()
    inherits: Mapping[Key, Key] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Starts:
    """How new parameters begin.

    Attributes
    ----------
    keep : bool
        Whether the network goes on computing what it computes now, where that is possible.
    value : callable
        The present value of a parameter of the network that is edited.
    """

    keep: bool
    value: Callable[[Key], float]


def edited(project: Project, network: Network) -> Project:
    """Return ``project`` with another network, whose training has not moved.

    Raises
    ------
    BeyondLimits
        If it could not be saved.
    """
    if network is project.network:
        return project
    check_edited(project.network, network)
    return replace(project, network=network, run=None)


def check_layer_size(size: int) -> None:
    """Raise a :class:`ShapeError` unless a layer can have ``size`` neurons."""
    if not 1 <= size <= LARGEST_LAYER:
        raise ShapeError(f"A layer needs 1 to {LARGEST_LAYER:,} neurons: change the size {size:,}.")


def check_edge_count(count: int) -> None:
    """Raise a :class:`ShapeError` if ``count`` edges are too many."""
    if count > MOST_EDGES:
        raise ShapeError(f"This network would have {count:,} edges: at most {MOST_EDGES:,} can be drawn.")


def together(project: Project, makes: Sequence[Callable[[Project], Edit]]) -> Edit:
    """Return several edits, of which each goes on from the one before, as one; none of them may inherit."""
    made: list[Edit] = []
    for make in makes:
        made.append(make(made[-1].project if made else project))
    first, *others = (edit.text for edit in made)
    return Edit(
        ", ".join([first, *(text[:1].lower() + text[1:] for text in others)]),
        made[-1].project,
        touched=frozenset[Key]().union(*(edit.touched for edit in made)),
        note=" ".join(edit.note for edit in made if edit.note),
    )


# ---- words


def name_of(network: Network, key: Key) -> str:
    """Return what people call a neuron or an edge."""
    if isinstance(key, tuple):
        network.require_edge(key)
        return network.edge_name(*key)
    return network.require(key).name


def several(network: Network, keys: Iterable[Key]) -> str:
    """Return what people call all of these: ``h2``, ``the layer hidden``, ``3 neurons and 1 edge``."""
    keys = list(dict.fromkeys(keys))
    if len(keys) == 1:
        return name_of(network, keys[0])
    ids = {key for key in keys if not isinstance(key, tuple)}
    edges = len(keys) - len(ids)
    if ids and not edges:
        layer = network.require(next(iter(ids))).layer
        if {neuron.id for neuron in network.members[layer]} == ids:
            return f"the layer {network.layer_of[layer].name}"
    parts = [counted(count, what) for count, what in ((len(ids), "neuron"), (edges, "edge")) if count]
    return " and ".join(parts)


def shown(value: float) -> str:
    """Return a number as it stands in the name of a step."""
    return f"{value:.3g}".replace("-", "−")


def all_of(ids: Collection[int]) -> frozenset[Key]:
    """Return neurons as a selection."""
    return frozenset[Key](ids)


__all__ = [
    "Edit",
    "Starts",
    "all_of",
    "check_edge_count",
    "check_layer_size",
    "edited",
    "name_of",
    "several",
    "shown",
    "together",
]
