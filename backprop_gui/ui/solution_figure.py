"""The drawing of a network as a box, for a printed page: neurons where they were drawn, with their names."""

from __future__ import annotations

import math

from backprop_gui.network import Kind, Network
from backprop_gui.ui.names import display_name
from backprop_gui.ui.typeset.box import Box, Stroke, text_box
from backprop_gui.ui.typeset.type import type_of

MOST_NEURONS, MOST_EDGES = 40, 300
"""Of a larger network nothing could be read."""
RADIUS, NAME_PX = 15.0, 11
WIDEST_INSIDE = 1.8 * RADIUS
MOST_BESIDE = 130.0
GAP = 5.0
BELOW = NAME_PX + 4
"""Room below a neuron for its name."""
RAISE = 0.36 * NAME_PX
"""From the middle of a name to its baseline."""
FINE = 0.7
CORNERS = 48
"""Of the polygon that looks like a circle."""


def figure_of(network: Network, width: float, height: float) -> Box | None:
    """Return ``network`` within a width and a height; None if it is too large to be read."""
    if len(network.neurons) > MOST_NEURONS or len(network.edges) > MOST_EDGES:
        return None
    type_ = type_of(NAME_PX)
    names = {neuron.id: text_box(display_name(neuron.name), type_) for neuron in network.neurons}
    # Names that do not fit into a circle stand where no edge is: before the inputs, behind the outputs.
    beside = max((box.width + GAP for box in names.values() if box.width > WIDEST_INSIDE), default=0.0)
    margin = RADIUS + min(beside, MOST_BESIDE)
    places = _places(network, margin, width - 2 * margin, height - 2 * RADIUS - BELOW)
    strokes, parts = [_edge(places[edge.source], places[edge.target]) for edge in network.edges], []
    for neuron in network.neurons:
        x, y = places[neuron.id]
        strokes.append(_circle(x, y))
        name = names[neuron.id]
        if name.width <= WIDEST_INSIDE:
            parts.append((name, x - name.width / 2, y + RAISE))
        elif neuron.kind is Kind.INPUT:
            parts.append((name, max(0.0, x - RADIUS - GAP - name.width), y + RAISE))
        elif neuron.kind is Kind.OUTPUT:
            parts.append((name, min(width - name.width, x + RADIUS + GAP), y + RAISE))
        else:
            left = max(0.0, min(x - name.width / 2, width - name.width))
            parts.append((name, left, y + RADIUS + NAME_PX))
    bottom = max(y for _, y in places.values()) + RADIUS + BELOW
    return Box(width, 0.0, bottom, strokes=tuple(strokes), parts=tuple(parts))


def _places(network: Network, margin: float, width: float, height: float) -> dict[int, tuple[float, float]]:
    """Return where each neuron's centre is: as it was drawn, stretched to the room there is."""
    xs = [neuron.position[0] for neuron in network.neurons]
    ys = [neuron.position[1] for neuron in network.neurons]
    across, down = max(xs) - min(xs), max(ys) - min(ys)
    wide, high = min(1.0, width / (across or 1.0)), min(1.0, height / (down or 1.0))
    left = margin + (width - wide * across) / 2
    return {
        neuron.id: (left + wide * (x - min(xs)), RADIUS + high * (y - min(ys)))
        for neuron, x, y in zip(network.neurons, xs, ys, strict=True)
    }


def _edge(start: tuple[float, float], end: tuple[float, float]) -> Stroke:
    """Return a line from rim to rim with the head of an arrow."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy)
    if length <= 2 * RADIUS:
        return Stroke((), FINE)
    ux, uy = dx / length, dy / length
    first = (start[0] + RADIUS * ux, start[1] + RADIUS * uy)
    tip = (end[0] - RADIUS * ux, end[1] - RADIUS * uy)
    wings = [(tip[0] - 6 * ux + side * 2.5 * uy, tip[1] - 6 * uy - side * 2.5 * ux) for side in (1, -1)]
    return Stroke((first, tip, wings[0], tip, wings[1]), FINE)


def _circle(x: float, y: float) -> Stroke:
    turns = (2 * math.pi * corner / CORNERS for corner in range(CORNERS + 1))
    return Stroke(tuple((x + RADIUS * math.cos(turn), y + RADIUS * math.sin(turn)) for turn in turns), 1.0)


__all__ = ["figure_of"]
