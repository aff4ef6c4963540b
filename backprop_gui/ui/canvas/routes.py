"""The ways of edges: curves that leave and arrive level, bent around neurons that would stand in between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CLEARANCE = 7.0
"""Distance that an edge keeps from a neuron that it does not belong to, in scene units."""
NAME_HEIGHT = 24.0
BOWS = np.array([s * b for b in (30, 60, 90, 125, 165, 210, 260, 320, 400, 500) for s in (-1, 1)], np.float64)
"""How far the control points of an edge are tried above and below its ends, nearest first, in scene units."""


def flattened(start: Floats, end: Floats, bow: Floats, steps: int) -> Floats:
    """Return points along cubic curves, (edges, steps + 1, 2).

    Parameters
    ----------
    start, end : (edges, 2) arrays
    bow : (edges,) array
        Vertical offset of both control points.
    steps : int
        Straight pieces of each curve; with 1 the curves are straight lines.
    """
    t = np.linspace(0, 1, steps + 1)[:, None]
    across = end[:, :1] - start[:, :1]
    # Where there is no room to leave level (the target above, below or behind), the way is straight.
    reach = np.where(across > 30, across * 0.5, 0.0)
    offset = np.concatenate([reach, np.zeros_like(reach)], axis=1)
    lift = np.stack([np.zeros_like(bow), bow], axis=1)
    first, second = start + offset + lift, end - offset + lift
    straight = reach[:, 0] == 0
    third = (end - start) / 3
    first[straight] = (start + third + lift)[straight]
    second[straight] = (end - third + lift)[straight]
    return (
        (1 - t) ** 3 * start[:, None]
        + 3 * (1 - t) ** 2 * t * first[:, None]
        + 3 * (1 - t) * t**2 * second[:, None]
        + t**3 * end[:, None]
    )


def bows(start: Floats, end: Floats, ends: NDArray[np.intp], centers: Floats, radii: Floats) -> Floats:
    """Return the smallest bow of each edge that keeps it clear of all neurons, (edges,).

    Parameters
    ----------
    start, end : (edges, 2) arrays
    ends : (edges, 2) int array
        The two neurons that each edge belongs to, as indices into ``centers``.
    centers, radii : (neurons, 2), (neurons,) arrays
        What stands in the way. Where no bow is clear, the one that is farthest from everything is taken.
    """
    chosen = np.zeros(len(start))
    points = flattened(start, end, chosen, 16)
    crossing = np.flatnonzero(_room(points, ends, centers, radii) < CLEARANCE)
    # What has to bend anyway keeps clear of the names above neurons too.
    centers = np.concatenate([centers, centers - np.stack([0 * radii, radii + NAME_HEIGHT / 2], axis=1)])
    radii = np.concatenate([radii, np.full(len(radii), NAME_HEIGHT / 2)])
    for edge in crossing:
        count = len(BOWS)
        tried = flattened(
            np.repeat(start[edge : edge + 1], count, 0), np.repeat(end[edge : edge + 1], count, 0), BOWS, 16
        )
        room = _room(tried, np.repeat(ends[edge : edge + 1], count, 0), centers, radii)
        clear = np.flatnonzero(room >= CLEARANCE)
        chosen[edge] = BOWS[clear[0] if len(clear) else int(np.argmax(room))]
    return chosen


def _room(points: Floats, ends: NDArray[np.intp], centers: Floats, radii: Floats) -> Floats:
    """Return the distance of each curve from the nearest neuron that is not one of its ends."""
    distance = np.full(len(points), np.inf)
    rows = np.arange(len(points))
    gap = np.full((len(points), len(centers)), np.inf)
    for step in range(points.shape[1]):
        apart = np.hypot(*(points[:, step, None, :] - centers[None]).transpose(2, 0, 1)) - radii
        np.minimum(gap, apart, out=gap)
    gap[rows, ends[:, 0]] = np.inf
    gap[rows, ends[:, 1]] = np.inf
    return np.min(gap, axis=1, initial=np.inf, out=distance)


def nearest(points: Floats, x: float, y: float) -> tuple[int, float]:
    """Return which polyline passes nearest to (x, y), and at what distance; (-1, inf) without any.

    Parameters
    ----------
    points : (edges, points, 2) array
    """
    if not len(points):
        return -1, float("inf")
    start, end = points[:, :-1], points[:, 1:]
    along = end - start
    here = np.array([x, y]) - start
    length = np.maximum(np.einsum("epk,epk->ep", along, along), 1e-12)
    share = np.clip(np.einsum("epk,epk->ep", here, along) / length, 0, 1)
    away = here - share[..., None] * along
    distance = np.einsum("epk,epk->ep", away, away).min(axis=1)
    edge = int(np.argmin(distance))
    return edge, float(np.sqrt(distance[edge]))


def points_at(ways: Floats, share: float) -> Floats:
    """Return the point of each way, (ways, 2), at a share of its length.

    Parameters
    ----------
    ways : (ways, points, 2) array
    """
    steps = np.hypot(*np.moveaxis(np.diff(ways, axis=1), 2, 0))
    ends = np.cumsum(steps, axis=1)
    goal = share * ends[:, -1:]
    piece = np.minimum((ends < goal).sum(axis=1), steps.shape[1] - 1)
    rows = np.arange(len(ways))
    before = ends[rows, piece] - steps[rows, piece]
    length = steps[rows, piece]
    part = np.where(length > 0, (goal[:, 0] - before) / np.where(length > 0, length, 1), 0.0)[:, None]
    return ways[rows, piece] * (1 - part) + ways[rows, piece + 1] * part


__all__ = ["bows", "flattened", "nearest", "points_at"]
