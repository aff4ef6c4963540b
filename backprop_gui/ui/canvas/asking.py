"""What the scene answers when it is asked: the tooltip of a place, and the content of the legend."""

from __future__ import annotations

from backprop_gui.ui.canvas.gestures.spots import heading_at
from backprop_gui.ui.canvas.legend import Content
from backprop_gui.ui.canvas.scale import Reach
from backprop_gui.ui.canvas.scene import NetworkScene
from backprop_gui.ui.canvas.views import EDGE_TITLES, NEURON_TITLES, View
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
        what = "step" if scene.view is View.UPDATE else "weight"
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
    return rows_of(scene.network, key, scene.frame, scene.lookup)


def content_of(scene: NetworkScene) -> Content:
    """Return what the legend has to say."""
    one = scene.limits.reach is Reach.NETWORK
    return Content(
        NEURON_TITLES[scene.view],
        scene.limits.limit_of(-1) if one else 0.0,
        scene.form,
        scene.limits.reach,
        EDGE_TITLES[scene.view],
        scene.edge_limits.limit_of(-1) if one else 0.0,
    )


__all__ = ["content_of", "rows_at", "tooltip_at"]
