"""The panel "Data": choosing, changing, and files that can and cannot be learned from."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from backprop_gui.data import DATASETS, Dataset, DataSettings, Task, conversion, default_settings, load
from backprop_gui.data.table import Table, read_table
from backprop_gui.engine.frame import Frame
from backprop_gui.ui import theme
from backprop_gui.ui.background import POLL_MS
from backprop_gui.ui.class_colors import class_color
from backprop_gui.ui.document import Document
from backprop_gui.ui.panels import data as data_module
from backprop_gui.ui.panels.data import DataPanel
from backprop_gui.ui.player import Player
from backprop_gui.ui.widgets.message import Message
from tests.ui.conftest import a_project
from tests.ui.panel_lab import drag, place, type_into, undo_texts

LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
After = Callable[..., Frame]
TABLE = "size;weight;price;color\n" + "\n".join(
    f"{n},5;{n * n};{3 * n + n % 3};{'red' if n % 3 else 'blue'}" for n in range(1, 25)
)


@pytest.fixture
def panel(qtbot: QtBot, document: Document, player: Player) -> DataPanel:
    return place(qtbot, document, player, DataPanel, (260, 700))


@pytest.fixture
def choose(panel: DataPanel, document: Document, qtbot: QtBot) -> Callable[[str], None]:
    """Return a function that clicks a tile and waits for its data."""

    def click(name: str) -> None:
        QTest.mouseClick(panel.tiles[name], LEFT)
        qtbot.waitUntil(lambda: document.project.data.source == name)

    return click


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "fruit.csv"
    path.write_text(TABLE)
    return path


def said(panel: DataPanel) -> str:
    return " ".join(message.text() for message in panel.findChildren(Message) if message.isVisible())


def open_table(panel: DataPanel, path: Path, qtbot: QtBot) -> None:
    panel.open_file(str(path))
    qtbot.waitUntil(lambda: panel.lab.document.project.data.source == str(path))
    qtbot.waitUntil(lambda: panel.table.columns.count() > 0)


def chosen(panel: DataPanel) -> list[str]:
    rows = [panel.table.columns.item(row) for row in range(panel.table.columns.count())]
    return [row.text() for row in rows if row.isSelected()]


def click_column(
    panel: DataPanel, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    columns = panel.table.columns
    place = columns.visualItemRect(columns.item(row)).center()
    QTest.mouseClick(columns.viewport(), LEFT, modifier, place)


def test_every_data_set_has_a_tile_and_the_current_one_is_outlined(panel: DataPanel) -> None:
    assert list(panel.tiles) == list(DATASETS)
    assert [name for name, tile in panel.tiles.items() if tile.isChecked()] == ["xor"]
    for name, tile in panel.tiles.items():
        assert tile.accessibleName() == DATASETS[name].title
        assert DATASETS[name].description in tile.toolTip()


def test_one_example_is_no_plural(panel: DataPanel, choose: Callable[[str], None]) -> None:
    choose("mazur")
    assert panel._about.text() == "1 example · 2 inputs · 2 targets"


def test_a_tile_changes_data_and_network_in_one_step(
    panel: DataPanel, document: Document, choose: Callable[[str], None]
) -> None:
    choose("iris")
    assert document.project.network.shape == "4-4-3"
    assert undo_texts(document) == ["Choose the data Iris"]
    assert "CC BY 4.0" in said(panel)
    assert not panel.noise.isVisible()
    assert not panel.examples.isVisible()
    document.stack.undo()
    assert [name for name, tile in panel.tiles.items() if tile.isChecked()] == ["xor"]
    assert document.project.network.shape == "2-4-1"


def test_the_gallery_is_one_stop_of_tab_and_arrows_choose(
    panel: DataPanel, document: Document, table: Path, qtbot: QtBot
) -> None:
    def stops() -> list[str]:
        return [name for name, tile in panel.tiles.items() if tile.focusPolicy() & Qt.FocusPolicy.TabFocus]

    assert stops() == ["xor"]
    panel.tiles["xor"].setFocus()
    QTest.keyClick(panel.tiles["xor"], Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: document.project.data.source == "and")
    assert stops() == ["and"]
    assert panel.tiles["and"].hasFocus()
    open_table(panel, table, qtbot)
    assert stops() == ["xor"]


def test_the_last_of_two_quick_choices_counts(panel: DataPanel, document: Document, qtbot: QtBot) -> None:
    QTest.mouseClick(panel.tiles["digits"], LEFT)
    QTest.mouseClick(panel.tiles["moons"], LEFT)
    qtbot.waitUntil(lambda: document.project.data.source == "moons")
    qtbot.wait(300)
    assert undo_texts(document) == ["Choose the data Two moons"]


def test_dragging_a_slider_is_one_step_and_new_data(
    panel: DataPanel, document: Document, choose: Callable[[str], None], qtbot: QtBot
) -> None:
    choose("moons")
    qtbot.wait(10)
    counts = set()
    document.changed.connect(lambda old, new: counts.add(len(document.prepared.dataset.x)))
    drag(panel.examples.slider, (10, 25, 40), qtbot)
    assert len(counts) > 1
    assert len(document.prepared.dataset.x) == document.project.data.examples
    assert document.stack.count == 2
    document.stack.undo()
    assert document.project.data == default_settings("moons")


def test_noise_share_seed_and_scaling(
    panel: DataPanel, document: Document, choose: Callable[[str], None]
) -> None:
    choose("moons")
    for slider in (panel.noise.slider, panel.test_share.slider):
        slider.setFocus()
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert document.project.data.noise == 0.07
    assert document.project.data.test_share == 0.35
    QTest.mouseClick(panel.shuffle, LEFT)
    assert document.project.data.seed == 1
    type_into(panel.seed, "17")
    assert document.project.data.seed == 17
    panel.standardize.setFocus()
    QTest.keyClick(panel.standardize, Qt.Key.Key_Space)
    assert not document.project.data.standardize
    assert document.stack.count == 6
    type_into(panel.seed, "-1")
    assert "Seed must be from 0" in said(panel)
    assert document.project.data.seed == 17


def test_changes_reach_training(
    panel: DataPanel, choose: Callable[[str], None], player: Player, document: Document, qtbot: QtBot
) -> None:
    def arrived() -> bool:
        frame = player.frame
        return frame is not None and frame.trace.x[0].tolist() == document.prepared.x_train[0].tolist()

    choose("moons")
    qtbot.waitUntil(arrived)
    QTest.mouseClick(panel.shuffle, LEFT)
    assert not arrived()
    qtbot.waitUntil(arrived)


def test_a_table_is_opened_and_its_targets_are_chosen(
    panel: DataPanel, document: Document, table: Path, qtbot: QtBot
) -> None:
    open_table(panel, table, qtbot)
    assert document.prepared.dataset.task is Task.BINARY
    assert chosen(panel) == ["color"]
    assert "decimal comma" in said(panel)
    assert not any(tile.isChecked() for tile in panel.tiles.values())
    click_column(panel, 2)
    qtbot.waitUntil(lambda: document.project.data.targets == ("price",))
    assert document.prepared.dataset.task is Task.REGRESSION
    click_column(panel, 0, CONTROL)
    qtbot.waitUntil(lambda: document.project.data.targets == ("size", "price"))
    assert len(document.project.network.outputs) == 2
    assert undo_texts(document) == ["Open fruit.csv", "Choose the target", "Choose the target"]
    click_column(panel, 3, CONTROL)
    qtbot.waitUntil(lambda: "holds text" in said(panel))
    assert chosen(panel) == ["size", "price"], "what cannot be must not stay chosen"


def test_the_open_table_is_named_and_another_is_looked_for_beside_it(
    panel: DataPanel, document: Document, table: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    other = table.with_name("other.csv")
    other.write_text(TABLE)

    def choose(parent: object, title: str, folder: str, kinds: str) -> tuple[str, str]:
        asked.append(folder)
        return str(other), kinds

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    assert not panel.opener.name.isVisible()
    open_table(panel, table, qtbot)
    assert panel.opener.name.isVisible()
    assert panel.opener.name.text() == "fruit.csv"
    assert panel.opener.name.toolTip() == str(table)
    QTest.mouseClick(panel.opener.button, LEFT)
    assert asked == [str(table.parent)]
    qtbot.waitUntil(lambda: panel.opener.name.text() == "other.csv")


def test_opening_a_table_is_offered_above_the_gallery(panel: DataPanel) -> None:
    tile = panel.tiles["xor"]
    assert panel.opener.button.mapTo(panel, QPoint(0, 0)).y() < tile.mapTo(panel, QPoint(0, 0)).y()
    assert panel.opener.button.visibleRegion().boundingRect() == panel.opener.button.rect()


@pytest.mark.parametrize("name", ["moons", "spiral", "iris"])
def test_the_chosen_tile_stays_in_sight_when_settings_appear(
    panel: DataPanel, choose: Callable[[str], None], qtbot: QtBot, name: str
) -> None:
    tile = panel.tiles[name]
    panel.resize(260, 520)
    choose(name)
    qtbot.waitUntil(lambda: tile.visibleRegion().boundingRect() == tile.rect())
    qtbot.wait(50)
    assert tile.visibleRegion().boundingRect() == tile.rect()


def test_numbers_of_a_table_can_be_amounts_or_classes(
    panel: DataPanel, document: Document, table: Path, qtbot: QtBot
) -> None:
    open_table(panel, table, qtbot)
    click_column(panel, 2)
    qtbot.waitUntil(lambda: document.prepared.dataset.task is Task.REGRESSION)
    panel.table.task.setFocus()
    QTest.keyClick(panel.table.task, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: document.project.data.task is Task.REGRESSION)
    assert undo_texts(document)[1:] == ["Choose the target", "Choose the kind of task"]


def test_something_must_be_the_target(
    panel: DataPanel, document: Document, table: Path, qtbot: QtBot
) -> None:
    open_table(panel, table, qtbot)
    click_column(panel, 3, CONTROL)
    qtbot.waitUntil(lambda: "Something must be learned" in said(panel))
    assert chosen(panel) == ["color"]
    assert document.stack.count == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n3,\n", "Line 3"),
        (b"a,b\n1,2\n3,4,5\n", "line 3"),
        (b"a,b\n1,7\n2,7\n", "nothing to learn"),
    ],
)
def test_a_file_that_cannot_be_learned_from_is_explained_and_the_old_data_stay(
    panel: DataPanel, document: Document, tmp_path: Path, qtbot: QtBot, content: bytes, sentence: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    before = document.project
    panel.open_file(str(path))
    qtbot.waitUntil(lambda: sentence.lower() in said(panel).lower())
    assert document.project is before
    assert document.stack.count == 0
    assert panel.tiles["xor"].isChecked()


class Gate:
    """Stands where reading data does, and lets no data through until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened, self.read = threading.Event(), threading.Event()
        monkeypatch.setattr(data_module, "load", self._load)

    def _load(self, settings: DataSettings) -> Dataset:
        assert self.opened.wait(10)
        try:
            return load(settings)
        finally:
            self.read.set()

    def open(self, qtbot: QtBot) -> None:
        self.opened.set()
        qtbot.waitUntil(self.read.is_set)
        qtbot.wait(4 * POLL_MS)


def test_data_that_come_too_late_do_not_displace_newer_ones(
    panel: DataPanel, document: Document, table: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    panel.open_file(str(table))
    assert "Reading fruit.csv" in said(panel)
    document.open(a_project("moons"), None)
    panel.sync(None, document.project)
    assert "Reading" not in said(panel)
    gate.open(qtbot)
    assert document.project.data.source == "moons"
    assert document.stack.count == 0


def test_choosing_the_current_data_gives_up_reading_others(
    panel: DataPanel, document: Document, table: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    panel.open_file(str(table))
    QTest.mouseClick(panel.tiles["xor"], LEFT)
    gate.open(qtbot)
    assert document.project.data.source == "xor"
    assert panel.tiles["xor"].isChecked()


def test_other_edits_do_not_stop_reading(
    panel: DataPanel, document: Document, table: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    panel.open_file(str(table))
    project = document.project
    document.edit("rate", replace(project, training=replace(project.training, learning_rate=0.25)))
    gate.open(qtbot)
    qtbot.waitUntil(lambda: document.project.data.source == str(table))
    assert document.project.training.learning_rate == 0.25


def test_settings_of_a_table_never_read_it_where_the_window_would_wait(
    panel: DataPanel,
    document: Document,
    table: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_table(panel, table, qtbot)
    other = tmp_path / "other.csv"
    other.write_text(TABLE)
    load(default_settings(str(other)))  # the table that is kept is now this one
    readers: list[int] = []

    def read(path: Path) -> Table:
        readers.append(threading.get_ident())
        return read_table(path)

    monkeypatch.setattr(conversion, "read_table", read)
    seed = document.project.data.seed
    QTest.mouseClick(panel.shuffle, LEFT)
    QTest.mouseClick(panel.shuffle, LEFT)
    panel.standardize.click()
    qtbot.waitUntil(lambda: not document.project.data.standardize)
    assert document.project.data.seed == seed + 2, "changes that follow each other quickly all hold"
    assert readers
    assert threading.get_ident() not in readers


def test_a_file_that_is_not_there(panel: DataPanel, document: Document, tmp_path: Path, qtbot: QtBot) -> None:
    panel.open_file(str(tmp_path / "no.csv"))
    qtbot.waitUntil(lambda: "no.csv" in said(panel) and "Reading" not in said(panel))
    assert document.project.data.source == "xor"


@pytest.mark.parametrize("dark", [False, True])
def test_a_thumbnail_shows_its_classes_in_their_colors(
    panel: DataPanel, qtbot: QtBot, qapp: QApplication, dark: bool
) -> None:
    try:
        look = theme.apply(qapp, dark)
        tile = panel.tiles["xor"]
        qtbot.waitUntil(lambda: tile._preview is not None)
        image = tile.grab().toImage()
        colors = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
        assert {class_color(look, 0).name(), class_color(look, 1).name()} <= colors
    finally:
        theme.apply(qapp, False)


def test_the_registry_loads_with_what_the_gallery_asks_for() -> None:
    for name in DATASETS:
        assert len(load(default_settings(name)).x) > 0
