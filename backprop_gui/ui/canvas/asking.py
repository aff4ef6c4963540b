"""What the scene answers when it is asked: the tooltip of a place, and the content of the legend."""

from __future__ import annotations

import math

from backprop_gui.engine.gradient_check import GradientCheck
from backprop_gui.ui.canvas.gestures.spots import heading_at
from backprop_gui.ui.canvas.legend import Content
from backprop_gui.ui.canvas.scale import Form, Reach
from backprop_gui.ui.canvas.scene import NetworkScene
from backprop_gui.ui.canvas.views import EDGE_TITLES, NEURON_TITLES, View, neuron_title
from backprop_gui.ui.canvas.words import (
    Row,
    bundle_tooltip,
    heading_tooltip,
    layer_hint,
    rows_of,
    rows_while_it_waits,
    title_of,
    tooltip,
)
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.selection import Key


def tooltip_at(scene: NetworkScene, x: float, y: float, tolerance: float) -> str:
    """Return the tooltip of what is at a point of the scene, empty for nothing; edges may be missed a little."""
    layer = heading_at(scene, x, y, scene.look.zoom)
    if layer is not None:
        return heading_tooltip(scene.network, layer)
    key = scene.key_at(x, y, tolerance)
    if key is None:
        bundles = scene.edge_item.bundles
        strand = bundles.strand_at(x, y, tolerance)
        shares = {View.UPDATE: "mean size |step|", View.CHECK: "share of wrong derivatives"}
        what = shares.get(scene.view, "mean size |weight|")
        return "" if strand is None else bundle_tooltip(scene.picture, bundles, strand, what)
    hint = ""
    if isinstance(key, int):
        layer = scene.network.neuron_of[key].layer
        if layer in scene.maps or layer in scene.opened:
            hint = layer_hint(len(scene.network.members[layer]), is_open=layer in scene.opened)
    return tooltip(title_of(scene.network, key), rows_at(scene, key), hint)


def rows_at(scene: NetworkScene, key: Key) -> list[Row]:
    """Return what is known about a neuron or an edge: what each number is, and the number."""
    if scene.parked:
        return rows_while_it_waits(scene.network, key, scene.learned)
    return rows_of(scene.network, key, scene.frame, scene.lookup, scene.conventions) + _check_rows(scene, key)


def error_at(scene: NetworkScene, key: Key) -> float:
    """Return the relative error that the gradient check found for a parameter; NaN where it says nothing now."""
    found = _found_at(scene, key)
    return math.nan if found is None else float(found[0].errors[found[1]])


def _found_at(scene: NetworkScene, key: Key) -> tuple[GradientCheck, int] | None:
    frame, checked = scene.frame, scene.checked
    if frame is None or checked is None or not checked.holds_for(frame):
        return None
    row = checked.row_of(key)
    return None if row is None else (checked.check, row)


def _check_rows(scene: NetworkScene, key: Key) -> list[Row]:
    """Return what the gradient check found about a parameter, in its view and as long as it is true."""
    found = _found_at(scene, key) if scene.view is View.CHECK else None
    if found is None:
        return []
    check, row = found
    return [
        (f"reference, by {check.method.label}", format_exact(scene.conventions.factor * check.measured[row])),
        ("relative error", format_exact(check.errors[row])),
    ]


def content_of(scene: NetworkScene) -> Content:
    """Return what the legend has to say."""
    if scene.view is View.CHECK:
        return _check_content(scene)
    one = scene.limits.reach is Reach.NETWORK
    return Content(
        neuron_title(scene.view, scene.conventions, scene.frame),
        scene.limits.limit_of(-1) if one else 0.0,
        scene.form,
        scene.limits.reach,
        EDGE_TITLES[scene.view],
        scene.edge_limits.limit_of(-1) if one else 0.0,
    )


def _check_content(scene: NetworkScene) -> Content:
    frame, checked = scene.frame, scene.checked
    holds = frame is not None and checked is not None and checked.holds_for(frame) and not scene.parked
    tolerance = checked.check.method.tolerance if holds and checked is not None else 0.0
    return Content(NEURON_TITLES[View.CHECK], 1.0, Form.LINEAR, Reach.NETWORK, "", 0.0, tolerance)


__all__ = ["content_of", "error_at", "rows_at", "tooltip_at"]
