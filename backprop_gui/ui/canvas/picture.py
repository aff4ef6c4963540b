"""Where everything is drawn: the geometry of a network's picture, in scene units, without any Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backprop_gui.engine.edge_arrays import EdgeArrays, places_of
from backprop_gui.network import Network
from backprop_gui.network.layout import TALLEST
from backprop_gui.ui.canvas.grid import Cells, cells_of, grid_of
from backprop_gui.ui.canvas.routes import bows, flattened
from backprop_gui.ui.canvas.strands import Strands, strands_of

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

RADIUS = 31.0
"""Radius of a neuron that has room."""
READABLE = 15.0
"""Radius of a neuron that stands too near to another one of its layer; in a crowded column it may be smaller."""
SHARE = 0.42
"""Radius of a neuron as a share of its distance from the nearest one."""
LARGEST_DRAWN = 32
"""Layers of more neurons are drawn as a heat map until they are opened."""
LARGEST_OPEN = 256
"""Layers of more neurons cannot be opened."""
CURVED = 400
"""Up to so many edges are curves that avoid neurons; more are straight lines."""
FEW = 80
"""Up to so many curves are as smooth as can be."""
MAP_GAP = 215.0
"""Room between a heat map and what stands beside it."""


@dataclass(frozen=True, eq=False)
class Picture:
    """The geometry of one network.

    Attributes
    ----------
    position : (neurons, 2) array
        Centres of neurons, and of cells.
    radius : (neurons,) array
    shown : (neurons,) bool array
        Neurons drawn by themselves, not as a cell.
    source, target : (edges,) int arrays
        Indices of neurons.
    single : (singles,) int array
        Indices of the edges drawn by themselves.
    points : (singles, points, 2) array
        The way of each of them.
    cells : tuple of Cells
    strands : Strands
    bounds : (left, top, right, bottom)
        What names, headings and other texts come on top of.
    """

    network: Network
    index: dict[int, int]
    position: Floats
    radius: Floats
    shown: NDArray[np.bool_]
    source: Indices
    target: Indices
    single: Indices
    points: Floats
    cells: tuple[Cells, ...]
    strands: Strands
    bounds: tuple[float, float, float, float]


def collapses(count: int, opened: bool) -> bool:
    """Return whether a layer of ``count`` neurons is drawn as a heat map."""
    return count > LARGEST_OPEN or (count > LARGEST_DRAWN and not opened)


def picture_of(network: Network, opened: Iterable[int] = ()) -> Picture:
    """Return the geometry of ``network``, in which the layers ``opened`` are not drawn as heat maps."""
    open_layers = set(opened)
    index = {n.id: i for i, n in enumerate(network.neurons)}
    position = np.array([n.position for n in network.neurons], np.float64).reshape(-1, 2)
    radius = np.full(len(index), RADIUS)
    shown = np.ones(len(index), np.bool_)
    members = {
        layer.id: np.array([index[n.id] for n in network.members[layer.id]], np.intp)
        for layer in network.layers
    }
    grids: dict[int, tuple[int, int, float]] = {}
    for layer, neurons in members.items():
        if collapses(len(neurons), layer in open_layers):
            grids[layer] = grid_of(len(neurons))
            shown[neurons] = False
        elif len(neurons) > 1:
            radius[neurons] = _radii(position[neurons])
    _make_room(position, members, grids)
    cells = tuple(cells_of(layer, members[layer], grid, position) for layer, grid in grids.items())
    drawn = EdgeArrays.of(network.edges)
    source, target = (places_of(ids, network.neurons) for ids in (drawn.source, drawn.target))
    alone = shown[source] & shown[target]
    single = np.flatnonzero(alone)
    points = _ways(position, radius, shown, source[single], target[single])
    strands = strands_of(network, position, radius, cells, source, target, alone)
    bounds = _bounds(position[shown], radius[shown], cells, points)
    return Picture(
        network, index, position, radius, shown, source, target, single, points, cells, strands, bounds
    )


def _radii(points: Floats) -> Floats:
    """Return how large the neurons of a layer are drawn: so that neighbours do not touch, as long as one can read them.

    Those that stand on top of each other stay large enough to be seen and to be dragged apart.
    """
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    smallest = min(READABLE, SHARE * TALLEST / (len(points) - 1))
    return np.clip(SHARE * apart.min(axis=1), smallest, RADIUS)


def _make_room(
    position: Floats, members: dict[int, Indices], grids: dict[int, tuple[int, int, float]]
) -> None:
    """Shift layers to the right, in place, where a heat map is broader than the gap between two columns."""
    occupied = [layer for layer, neurons in members.items() if len(neurons)]
    order = sorted(occupied, key=lambda layer: float(position[members[layer], 0].mean()))
    half = {layer: grids[layer][1] * grids[layer][2] / 2 if layer in grids else RADIUS for layer in order}
    shift, before = 0.0, None
    for layer in order:
        x = float(position[members[layer], 0].mean())
        if before is not None and (layer in grids or before in grids):
            left = float(position[members[before], 0].mean())
            shift += max(0.0, half[before] + half[layer] + MAP_GAP - (x + shift - left))
        position[members[layer], 0] += shift
        before = layer


def _ways(
    position: Floats, radius: Floats, shown: NDArray[np.bool_], source: Indices, target: Indices
) -> Floats:
    """Return the points of the edges from neurons ``source`` to ``target``, which are drawn by themselves."""
    start, end = rims(position, radius, source, target)
    none = np.zeros(len(source))
    if len(source) > CURVED:
        return flattened(start, end, none, 1)
    others = np.flatnonzero(shown)
    place = np.full(len(position), -1, np.intp)
    place[others] = np.arange(len(others))
    ends = np.stack([place[source], place[target]], axis=1)
    steps = 24 if len(source) <= FEW else 16
    return flattened(start, end, bows(start, end, ends, position[others], radius[others]), steps)


def rims(position: Floats, radius: Floats, source: Indices, target: Indices) -> tuple[Floats, Floats]:
    """Return where edges from neurons ``source`` to ``target`` leave and arrive, two (edges, 2) arrays.

    They leave at the right and arrive at the left, or by the shortest way where the target is not to the right.
    """
    start, end = position[source], position[target]
    along = end - start
    rightward = along[:, 0] > radius[source] + radius[target] + 20
    unit = along / np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    unit[rightward] = (1.0, 0.0)
    return start + unit * radius[source, None], end - unit * radius[target, None]


def _bounds(
    centers: Floats, radii: Floats, cells: tuple[Cells, ...], points: Floats
) -> tuple[float, float, float, float]:
    corners = [
        centers - radii[:, None],
        centers + radii[:, None],
        points.reshape(-1, 2),
        *(np.array([[c.left, c.top], [c.left + c.width, c.top + c.height]]) for c in cells),
    ]
    everything = np.concatenate(corners)
    if not len(everything):
        return (-RADIUS, -RADIUS, RADIUS, RADIUS)
    (left, top), (right, bottom) = everything.min(axis=0), everything.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


__all__ = ["Picture", "collapses", "picture_of", "rims"]
