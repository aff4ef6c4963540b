"""The gallery: it opens at once, is walked through by keyboard and mouse, and begins with what is chosen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from backprop_gui.network import Network, dense
from backprop_gui.project import templates
from backprop_gui.ui import theme
from backprop_gui.ui.gallery import Gallery, is_first_start
from backprop_gui.ui.network_thumbnail import draw_network
from backprop_gui.ui.player import State
from backprop_gui.ui.widgets.cards import picture_size
from backprop_gui.ui.window import Window
from tests.ui.windows import open_window, shut


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    window = open_window(qtbot, qapp)
    yield window
    shut(window)
    theme.apply(qapp, False)


@pytest.fixture
def gallery(window: Window, qtbot: QtBot) -> Gallery:
    """The gallery, opened with the keyboard."""
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    gallery = window.findChild(Gallery)
    assert gallery is not None
    assert gallery.isVisible()
    qtbot.waitUntil(gallery.cards.hasFocus)
    return gallery


def name_of(window: Window) -> str:
    return window.lab.document.project.name


def middle_of(gallery: Gallery, name: str) -> QPoint:
    model = gallery.cards.model()
    row = list(templates.templates()).index(name)
    gallery.cards.scrollTo(model.index(row, 0))
    return gallery.cards.visualRect(model.index(row, 0)).center()


def test_it_shows_every_template_with_its_words(gallery: Gallery) -> None:
    model, role = gallery.cards.model(), Qt.ItemDataRole
    shown = [model.index(row, 0) for row in range(model.rowCount())]
    assert [index.data(role.AccessibleTextRole) for index in shown] == [
        template.title for template in templates.templates().values()
    ]
    assert all(index.data(role.AccessibleDescriptionRole).endswith(".") for index in shown)
    assert gallery.cards.current == templates.FIRST


def test_arrows_and_enter_begin(window: Window, gallery: Gallery, qtbot: QtBot) -> None:
    QTest.keyClick(gallery.cards, Qt.Key.Key_Right)
    assert gallery.cards.current == "xor-2-3-1"
    QTest.keyClick(gallery.cards, Qt.Key.Key_Left)
    QTest.keyClick(gallery.cards, Qt.Key.Key_Down)
    below = gallery.cards.current
    assert list(templates.templates()).index(below) >= 3
    QTest.keyClick(gallery.cards, Qt.Key.Key_Return)
    assert name_of(window) == below
    qtbot.waitUntil(window.canvas.hasFocus)
    assert window.findChild(Gallery) is None or not gallery.isVisible()


def test_the_first_card_is_an_empty_canvas_to_draw_on(window: Window, gallery: Gallery, qtbot: QtBot) -> None:
    QTest.keyClick(gallery.cards, Qt.Key.Key_Home)
    QTest.keyClick(gallery.cards, Qt.Key.Key_Return)
    document = window.lab.document
    assert document.project.network == Network()
    assert document.obstacle is not None
    assert window.banner.text == ""
    qtbot.waitUntil(window.canvas.hasFocus)
    QTest.keyClick(window.canvas, Qt.Key.Key_I)
    assert [neuron.name for neuron in document.project.network.neurons] == ["x1"]


def test_the_first_letters_find_a_title_and_press_nothing_else(window: Window, gallery: Gallery) -> None:
    before = window.lab.player.state
    # "f" would fit the canvas, the space would play, and "1" would choose a view.
    QTest.keyClicks(gallery.cards, "skip conn")
    assert gallery.cards.current == "skip"
    assert window.lab.player.state is before is State.PAUSED


def test_esc_keeps_what_is_open(window: Window, gallery: Gallery, qtbot: QtBot) -> None:
    before = window.lab.document.project
    QTest.keyClick(gallery.cards, Qt.Key.Key_Down)
    QTest.keyClick(gallery.cards, Qt.Key.Key_Escape)
    assert window.lab.document.project is before
    qtbot.waitUntil(window.canvas.hasFocus)


def test_a_click_beside_it_keeps_what_is_open(window: Window, gallery: Gallery) -> None:
    before = window.lab.document.project
    QTest.mouseClick(gallery, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert not gallery.isVisible()
    assert window.lab.document.project is before


def test_a_click_marks_and_the_button_begins(window: Window, gallery: Gallery) -> None:
    QTest.mouseClick(gallery.cards.viewport(), Qt.MouseButton.LeftButton, pos=middle_of(gallery, "mazur"))
    assert gallery.cards.current == "mazur"
    assert gallery.isVisible()
    QTest.mouseClick(gallery.begin, Qt.MouseButton.LeftButton)
    assert name_of(window) == "mazur"


def test_a_double_click_begins(window: Window, gallery: Gallery) -> None:
    place, view = middle_of(gallery, "digits"), gallery.cards.viewport()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert name_of(window) == "digits"


def test_tab_stays_in_the_gallery(window: Window, gallery: Gallery) -> None:
    seen = []
    for _ in range(4):
        seen.append(window.focusWidget())
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert seen[0] is seen[3] is gallery.cards
    assert seen[2] is gallery.begin
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert window.focusWidget() is gallery.cards


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700)])
def test_it_fits_and_follows_the_window(
    window: Window, gallery: Gallery, qtbot: QtBot, size: tuple[int, int]
) -> None:
    window.resize(*size)
    qtbot.wait(20)
    assert gallery.size() == window.size()
    assert window.rect().contains(gallery.sheet.geometry())
    rows = gallery.cards.model().rowCount()
    last = gallery.cards.visualRect(gallery.cards.model().index(rows - 1, 0))
    assert last.right() <= gallery.cards.viewport().width()
    assert gallery.cards.gridSize().width() * 3 <= gallery.cards.viewport().width()
    assert gallery.cards.verticalScrollBar().maximum() > 0


def test_pictures_come_when_they_are_in_sight(gallery: Gallery, qtbot: QtBot) -> None:
    drawn = gallery.cards._pictures
    qtbot.waitUntil(lambda: any(name == "xor" for name, *_ in drawn))
    qtbot.waitUntil(lambda: not gallery.cards._wanted)
    assert not any(name == "deep-sigmoid" for name, *_ in drawn)
    middle_of(gallery, "deep-sigmoid")
    qtbot.waitUntil(lambda: any(name == "deep-sigmoid" for name, *_ in drawn))


def test_another_theme_draws_other_pictures(gallery: Gallery, qapp: QApplication, qtbot: QtBot) -> None:
    size = picture_size(gallery.cards.gridSize())
    key = ("xor", size.width(), size.height())
    qtbot.waitUntil(lambda: key in gallery.cards._pictures)
    light = gallery.cards._pictures[key].toImage()
    theme.apply(qapp, True)
    qtbot.waitUntil(lambda: key in gallery.cards._pictures)
    assert gallery.cards._pictures[key].toImage() != light


def test_the_first_start_is_the_first_one_only() -> None:
    assert is_first_start()
    assert not is_first_start()


def test_somebody_who_closed_a_window_has_been_here_before() -> None:
    QSettings().setValue("geometry", b"")
    assert not is_first_start()


# ---- the picture itself


def image_of(network: Network, size: QSize = QSize(200, 110)) -> QImage:  # noqa: B008 - a value
    return draw_network(network, size, 1.0, theme.LIGHT, QApplication.font()).toImage()


def test_a_positive_weight_is_drawn_in_its_colour(qapp: QApplication) -> None:
    positive, negative = dense([1, 1], draw=lambda *fans: 1.0), dense([1, 1], draw=lambda *fans: -1.0)
    for network, value in ((positive, 1.0), (negative, -1.0)):
        middle = image_of(network).pixelColor(100, 55)
        expected = theme.LIGHT.weight_color(value, 1.0)
        got, wanted = np.array(middle.getRgb()[:3]), np.array(expected.getRgb()[:3])
        assert np.abs(got - wanted).max() <= 40
        assert middle.alpha() > 200


def test_a_large_layer_is_a_grid_and_all_of_it_is_inside(qapp: QApplication) -> None:
    image = image_of(dense([64, 32, 10], draw=lambda *fans: 0.1))
    alpha = np.array(
        [[image.pixelColor(x, y).alpha() for x in range(image.width())] for y in range(image.height())]
    )
    assert (alpha > 0).any()
    assert not alpha[0].any()
    assert not alpha[-1].any()
    assert not alpha[:, 0].any()
    assert not alpha[:, -1].any()


def test_an_empty_network_has_a_picture_too(qapp: QApplication) -> None:
    image = image_of(Network())
    assert image.pixelColor(100, 55).alpha() > 0  # the plus in the middle


def test_all_keys_are_its_own_except_those_that_quit(window: Window, gallery: Gallery, qtbot: QtBot) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    for key in (Qt.Key.Key_Z, Qt.Key.Key_R, Qt.Key.Key_K, Qt.Key.Key_N):
        QTest.keyClick(gallery.cards, key, control)
    assert gallery.isVisible()
    assert window.isVisible()
    QTest.keyClick(gallery.cards, Qt.Key.Key_Q, control)
    qtbot.waitUntil(lambda: not isValid(window) or not window.isVisible())
