"""What the tests of the window share: a small document, and a player that is closed again."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.data import default_settings, load
from backprop_gui.engine.frame import Frame
from backprop_gui.project import Project, project_for
from backprop_gui.ui import theme as themes
from backprop_gui.ui.canvas import Canvas
from backprop_gui.ui.document import Document
from backprop_gui.ui.player import Player


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Collect here what a test leaves in cycles: in a thread of the next test it could take Qt with it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.enable()


def pytest_collection_finish() -> None:
    """Leave out of it what stays for good, so that it takes no time."""
    gc.freeze()


def a_project(source: str = "xor", hidden: tuple[int, ...] = (4,), **training: object) -> Project:
    """Return a small project on one of the built-in data sets."""
    data = default_settings(source)
    project = project_for(load(data), data, hidden, name=source)
    return replace(project, training=replace(project.training, **training))


@pytest.fixture
def canvas(qapp: QApplication, qtbot: QtBot) -> Iterator[Canvas]:
    """An empty canvas on the screen, in the light theme; whatever theme a test chooses is undone."""
    if not qapp.styleSheet() or themes.current().dark:
        themes.apply(qapp, dark=False)
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(880, 600)
    canvas.show()
    yield canvas
    if themes.current().dark:
        themes.apply(qapp, dark=False)


@pytest.fixture
def document(qapp: object) -> Document:
    """A 2-4-1 network on XOR."""
    return Document(a_project(batch_size=0, learning_rate=1.0))


@pytest.fixture
def player(document: Document) -> Iterator[Player]:
    """A player of ``document``."""
    player = Player(document)
    yield player
    player.close()


@pytest.fixture
def next_frame(player: Player, qtbot: QtBot) -> Callable[..., Frame]:
    """Return a function that waits for the next frame after doing something."""

    def after(act: Callable[[], object], *, accept: Callable[[Frame], bool] = lambda frame: True) -> Frame:
        with qtbot.waitSignal(player.pictures, timeout=10_000, check_params_cb=accept) as blocker:
            act()
        frame = blocker.args[0]
        assert isinstance(frame, Frame)
        return frame

    return after
