"""The edges at each neuron, and how an edit hands them on without looking at 100,000 edges that stayed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from backprop_gui.network.parts import Edge

EdgesAt = dict[int, list[Edge]]
"""The edges at each neuron, in drawing order. The lists are shared between networks and never change."""


def edges_at(ids: Iterable[int], edges: Iterable[Edge], end: Callable[[Edge], int]) -> EdgesAt:
    """Return the edges at each neuron, of those whose ``end`` it is."""
    found: EdgesAt = {id: [] for id in ids}
    for edge in edges:
        found[end(edge)].append(edge)
    return found


def with_more(known: EdgesAt, edges: Iterable[Edge], end: Callable[[Edge], int]) -> EdgesAt:
    """Return what is true after ``edges`` have been added behind the others."""
    more: EdgesAt = {}
    for edge in edges:
        more.setdefault(end(edge), []).append(edge)
    return {**known, **{id: known[id] + added for id, added in more.items()}}


def with_others(known: EdgesAt, changed: Mapping[tuple[int, int], Edge], end: int) -> EdgesAt:
    """Return what is true after some edges took the place of those with the same ends; ``end`` as below."""
    touched = {pair[end] for pair in changed}
    return {
        **known,
        **{id: [changed.get((edge.source, edge.target), edge) for edge in known[id]] for id in touched},
    }


def without_some(
    known: EdgesAt, gone: Collection[tuple[int, int]], ids: Collection[int], end: int
) -> EdgesAt:
    """Return what is true without the edges ``gone``, for the neurons ``ids`` that are left.

    ``end`` is 0 for the edges that start at a neuron, 1 for those that end there.
    """
    # For each neuron, the other ends of what it loses: no pair has to be made of each edge that stays.
    lost: dict[int, set[int]] = {}
    for pair in gone:
        lost.setdefault(pair[end], set()).add(pair[1 - end])
    left = {id: known[id] for id in ids}
    for id in lost.keys() & left.keys():
        others = lost[id]
        if end:
            left[id] = [edge for edge in left[id] if edge.source not in others]
        else:
            left[id] = [edge for edge in left[id] if edge.target not in others]
    return left


__all__ = ["EdgesAt", "edges_at", "with_more", "with_others", "without_some"]
