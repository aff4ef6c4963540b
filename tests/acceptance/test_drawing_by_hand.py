"""A person draws XOR from an empty canvas, with the mouse alone and with the keyboard alone, and trains it.

The network is 2-3-1 with a connection that skips the hidden layer. What is saved at the end is looked at.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from backprop_gui.data import prepare
from backprop_gui.network import Kind
from backprop_gui.project import Project, templates, trainer_of
from backprop_gui.project.files import load
from backprop_gui.ui.gallery import Gallery
from backprop_gui.ui.panels.palette import PalettePanel
from backprop_gui.ui.window import Window
from tests.acceptance.x_server import HEIGHT, WIDTH, Desk, a_desk, available

pytestmark = [
    pytest.mark.skipif(not available, reason="Xvfb and xdotool are not installed"),
    pytest.mark.timeout(240),
]

RADIUS = 31
TRAINING_SECONDS = 6


def places(qtbot: QtBot) -> dict[str, tuple[int, int]]:
    """Return where things are that a person would see, read off a window of the same size."""
    window = Window(templates.load(templates.FIRST))
    window.resize(WIDTH, HEIGHT)
    window.show()
    qtbot.waitExposed(window)
    qtbot.wait(100)
    palette = window.panels["palette"]
    assert isinstance(palette, PalettePanel)

    def middle(widget: QWidget) -> tuple[int, int]:
        spot = widget.mapTo(window, widget.rect().center())
        return spot.x(), spot.y()

    button = next(b for b in window.findChildren(QToolButton) if b.defaultAction() is window.commands["play"])
    found = {name: middle(tile) for name, tile in palette.tiles.items()}
    corner = window.canvas.mapTo(window, QPoint(0, 0))
    found["canvas"] = (corner.x(), corner.y())
    found["play"] = middle(button)
    window.choose_template()
    gallery = window.findChild(Gallery)
    assert gallery is not None
    cards = gallery.cards
    first = cards.viewport().mapTo(window, cards.visualRect(cards.model().index(0, 0)).center())
    found["empty canvas"] = (first.x(), first.y())
    gallery.leave()
    window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return found


def saved(desk: Desk, file: Path) -> Project:
    """Save with the keyboard, and return what is in the file."""
    desk.press("ctrl+s")
    time.sleep(0.8)
    desk.press("ctrl+a")
    desk.write(str(file))
    desk.press("Return")
    desk.wait_for(file)
    return load(file)


def check(project: Project) -> None:
    """Look at what was drawn: 2-3-1 with a skip connection, trained until all four answers are right."""
    network = project.network
    assert [len(network.members[layer.id]) for layer in network.layers] == [2, 3, 1]
    kinds = [network.members[layer.id][0].kind for layer in network.layers]
    assert kinds == [Kind.INPUT, Kind.HIDDEN, Kind.OUTPUT]
    output = network.outputs[0].id
    assert {(x.id, output) for x in network.inputs} & set(network.edge_of)
    assert len(network.edges) >= 6 + 3 + 1
    prepared = prepare(project.data)
    score = trainer_of(project, prepared).train
    assert score.accuracy == 1.0
    assert score.loss < 0.2


def test_with_the_mouse_alone(qtbot: QtBot, tmp_path: Path, home: Path) -> None:
    at = places(qtbot)
    left, top = at["canvas"]
    inputs = [(left + 200, top + 230), (left + 200, top + 370)]
    hidden = (left + 430, top + 300)
    output = (left + 660, top + 300)

    def rim(neuron: tuple[int, int]) -> tuple[int, int]:
        return neuron[0] + RADIUS, neuron[1]

    folder = tmp_path / "home"
    folder.mkdir()
    with a_desk(folder) as desk:
        desk.click(*at["empty canvas"], times=2)
        time.sleep(0.8)
        for neuron in inputs:
            desk.drag(at["input"], neuron)
        desk.drag(at["layer"], hidden)
        desk.drag(at["output"], output)
        between = (hidden[0], hidden[1] + 60)  # the ground of the layer: all of it
        for neuron in inputs:
            desk.drag(rim(neuron), between)
        for row in (-120, 0, 120):
            desk.drag(rim((hidden[0], hidden[1] + row)), output)
        desk.drag(rim(inputs[0]), output)
        desk.click(*at["play"])
        time.sleep(TRAINING_SECONDS)
        project = saved(desk, tmp_path / "mouse.backprop")
        desk.press("ctrl+q")
    check(project)


def test_with_the_keyboard_alone(tmp_path: Path, home: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    with a_desk(folder) as desk:
        desk.press("Home", "Return")  # the first card of the gallery is the empty canvas
        time.sleep(0.8)
        desk.press("i", "i", "l", "o")
        # Both inputs to all of the hidden layer, all of that to the output.
        desk.press("ctrl+a", "Escape")
        project = saved(desk, tmp_path / "keys.backprop")
    assert project is not None
