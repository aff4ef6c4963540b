"""What a tooltip or a screen reader says about a neuron, an edge or a bundle: every number with all its digits."""

from __future__ import annotations

import html

import numpy as np

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.engine.conventions import USUAL, Conventions, Delta
from backprop_gui.engine.edge_arrays import EdgeArrays
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.learned import Learned
from backprop_gui.engine.reading import as_read, names
from backprop_gui.network import Kind, Network, Neuron
from backprop_gui.numerals import counted
from backprop_gui.ui.canvas.bundles import Bundles
from backprop_gui.ui.canvas.picture import LARGEST_OPEN, Picture
from backprop_gui.ui.canvas.views import Lookup, View
from backprop_gui.ui.names import display_name
from backprop_gui.ui.numbers import format_exact, format_number
from backprop_gui.ui.probe_words import gradient_of_what
from backprop_gui.ui.selection import Key

Row = tuple[str, str]
SPOKEN = {
    View.FORWARD: "activation ",
    View.BACKWARD: "delta ",
    View.UPDATE: "next step of the bias ",
    View.CHECK: "relative error ",
}
"""What the number is called that a view shows in a neuron."""


def title_of(network: Network, key: Key) -> str:
    """Return what a neuron or an edge is, in a few words."""
    if isinstance(key, tuple):
        source, target = (display_name(network.neuron_of[id].name) for id in key)
        frozen = ", frozen" if network.edge_of[key].frozen else ""
        return f"weight {source} → {target}{frozen}"
    neuron = network.neuron_of[key]
    kind = f"{neuron.kind.value} neuron"
    if neuron.kind is not Kind.INPUT:
        known = neuron.activation in ACTIVATIONS
        kind += f", {ACTIVATIONS[neuron.activation].label if known else neuron.activation}"
    return f"{display_name(neuron.name)}: {kind}"


def rows_of(
    network: Network,
    key: Key,
    frame: Frame | None,
    lookup: Lookup | None,
    conventions: Conventions = USUAL,
) -> list[Row]:
    """Return what is known about a neuron or an edge: what each number is, and the number."""
    called = names(conventions)
    frame = None if frame is None else as_read(frame, conventions)
    if isinstance(key, tuple):
        return _edge_rows(network, key, frame, called.gradient)
    neuron = network.neuron_of[key]
    index = next(i for i, n in enumerate(network.neurons) if n.id == key)
    column = int(lookup.column[index]) if lookup else -1
    if frame is None or column < 0:
        if neuron.bias is None:
            return []
        return [("bias at the start", format_exact(neuron.bias))]
    trace = frame.trace
    if neuron.kind is Kind.INPUT:
        return [
            ("x, as the network sees it", format_exact(trace.a[0, column])),
            (called.gradient_by("x"), format_exact(trace.delta[0, column])),
        ]
    rows = [
        ("z, weighted sum", format_exact(trace.z[0, column])),
        ("a, activation", format_exact(trace.a[0, column])),
        ("f′(z)", format_exact(trace.slope[0, column])),
        (f"{called.delta} = {called.delta_meaning}", format_exact(trace.delta[0, column])),
    ]
    slot = frame.plan.slot.get(key)
    if slot is None:
        return [*rows, ("bias", "none")]
    return [
        *rows,
        ("bias" + (", frozen" if neuron.frozen else ""), format_exact(frame.theta[slot])),
        (f"{called.gradient_by('b')}, {gradient_of_what(frame)}", format_exact(trace.grad[slot])),
        ("next step of the bias", format_exact(frame.update[slot])),
    ]


def _edge_rows(network: Network, key: tuple[int, int], frame: Frame | None, gradient: str) -> list[Row]:
    slot = frame.plan.slot.get(key) if frame else None
    if frame is None or slot is None:
        return [("weight at the start", format_exact(network.edge_of[key].weight))]
    return [
        ("weight", format_exact(frame.theta[slot])),
        (f"{gradient}, {gradient_of_what(frame)}", format_exact(frame.trace.grad[slot])),
        ("next step", format_exact(frame.update[slot])),
    ]


def rows_while_it_waits(network: Network, key: Key, learned: Learned | None) -> list[Row]:
    """Return what is known about a neuron or an edge while the drawing cannot be trained: its present value."""
    value = None if learned is None else learned.value(key)
    if value is None:
        return rows_of(network, key, None, None)
    return [("weight" if isinstance(key, tuple) else "bias", format_exact(value))]


def tooltip(title: str, rows: list[Row], hint: str = "") -> str:
    """Return the tooltip of a neuron or an edge as rich text."""
    lines = "".join(
        f"<tr><td style='padding-right: 14px; white-space: nowrap'>{html.escape(name)}</td>"
        f"<td align='right' style='white-space: nowrap'>{html.escape(number)}</td></tr>"
        for name, number in rows
    )
    end = f"<div>{html.escape(hint)}</div>" if hint else ""
    return f"<b>{html.escape(title)}</b><table cellspacing='0'>{lines}</table>{end}"


def spoken(network: Network, key: Key, value: float, view: View, conventions: Conventions = USUAL) -> str:
    """Return what a screen reader says when a neuron or an edge is selected, such as ``neuron h2, tanh, delta −0.031``.

    Parameters
    ----------
    value : float
        The number that ``view`` shows there; NaN if there is none.
    """
    if isinstance(key, tuple):
        source, target = (network.neuron_of[id].name for id in key)
        what, is_frozen = [f"weight {source} to {target}"], network.edge_of[key].frozen
        caption = {View.UPDATE: "next step ", View.CHECK: "relative error "}.get(view, "")
    else:
        neuron = network.neuron_of[key]
        is_input, is_frozen = neuron.kind is Kind.INPUT, _is_frozen(network, neuron)
        what = [f"{'neuron' if neuron.kind is Kind.HIDDEN else neuron.kind.value} {neuron.name}"]
        if not is_input:
            known = neuron.activation in ACTIVATIONS
            what.append(ACTIVATIONS[neuron.activation].label if known else neuron.activation)
        caption = "value " if is_input else SPOKEN[view]
        if view is View.BACKWARD and not is_input and conventions.delta is Delta.BY_A:
            caption = f"{names(conventions).delta} "
    if not np.isnan(value):
        what.append(f"{caption}{format_number(value)}")
    return ", ".join([*what, "frozen"] if is_frozen else what)


def _is_frozen(network: Network, neuron: Neuron) -> bool:
    parts = [edge.frozen for edge in network.incoming[neuron.id]]
    if neuron.bias is not None:
        parts.append(neuron.frozen)
    return bool(parts) and all(parts)


def description(rows: list[Row]) -> str:
    """Return all numbers of a neuron or an edge as plain text, for screen readers."""
    return "; ".join(f"{name} {number}" for name, number in rows)


def layer_hint(count: int, *, is_open: bool) -> str:
    """Return what can be done with a large layer."""
    if count > LARGEST_OPEN:
        return f"One of {count:,} neurons, too many to be drawn one by one."
    if is_open:
        return "Right-click the layer’s name to fold it into a heat map."
    return f"One of {count:,} neurons. Double-click to draw them one by one."


def heading_tooltip(network: Network, layer: int) -> str:
    """Return what can be done with the heading of a layer."""
    count = len(network.members[layer])
    return (
        f"<b>Layer {html.escape(network.layer_of[layer].name)}, {counted(count, 'neuron')}</b><br>"
        "Click to select all of it, drag to move it, double-click to change its name and size, "
        "right-click for its activation, weights and more."
    )


def bundle_tooltip(picture: Picture, bundles: Bundles, strand: int, what: str) -> str:
    """Return the tooltip of a strand; ``what`` is the mean that it shows, such as ``mean size |weight|``."""
    strands, network = picture.strands, picture.network
    edges = np.flatnonzero(strands.strand_of == strand)
    sources = np.unique(picture.source[edges])
    targets = np.unique(picture.target[edges])
    ends = " → ".join(_ends(network, ends) for ends in (sources, targets))
    mean = format_exact(float(bundles.mean_size[strand]))
    frozen = int(np.count_nonzero(EdgeArrays.of(network.edges).frozen[edges]))
    how_many = "All" if frozen == len(edges) else f"{frozen:,}"
    still = f"<br>{how_many} of them {'is' if frozen == 1 else 'are'} frozen." if frozen else ""
    return (
        f"<b>{counted(len(edges), 'weight')}, {html.escape(ends)}</b><br>{html.escape(what)}: {mean}<br>"
        "The broader it is and the more it stands out, the larger that is. It has no sign, so it has no colour."
        f"{still}"
    )


def _ends(network: Network, indices: np.ndarray) -> str:
    first = network.neurons[indices[0]]
    if len(indices) == 1:
        return display_name(first.name)
    return network.layer_of[first.layer].name


__all__ = [
    "bundle_tooltip",
    "description",
    "heading_tooltip",
    "layer_hint",
    "rows_of",
    "rows_while_it_waits",
    "spoken",
    "title_of",
    "tooltip",
]
