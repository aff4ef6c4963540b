"""The inspector: every number is the frame's, all digits are in the tooltip, and nothing is shown that is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.engine.reading import deltas
from backprop_gui.network import Kind
from backprop_gui.project import trainer_of, with_shape
from backprop_gui.ui import theme
from backprop_gui.ui.document import Document
from backprop_gui.ui.inspection import sheet_of
from backprop_gui.ui.numbers import format_exact, format_number
from backprop_gui.ui.panels.inspector import WAITING, Inspector
from backprop_gui.ui.player import Player
from backprop_gui.ui.selection import Key
from backprop_gui.ui.widgets.number_table import MOST_ROWS
from tests.ui.conftest import a_project
from tests.ui.panel_lab import place

After = Callable[..., Frame]


@pytest.fixture
def panel(qtbot: QtBot, document: Document, player: Player) -> Inspector:
    return place(qtbot, document, player, Inspector, (316, 700))


def select(panel: Inspector, key: Key | None) -> None:
    panel.lab.selection.set(frozenset() if key is None else frozenset([key]))


def frame_of(panel: Inspector) -> Frame:
    frame = panel.lab.player.frame
    assert frame is not None
    return frame


def is_short_for(shown: str, value: float) -> bool:
    """Return whether ``shown`` is ``value`` with as many digits as fit."""
    return shown in {format_number(value, digits) for digits in range(2, 6)}


def visible_texts(panel: Inspector) -> str:
    return " | ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def test_a_hidden_neuron(panel: Inspector, player: Player, next_frame: After) -> None:
    next_frame(player.step, accept=lambda frame: frame.step > 0)
    frame = frame_of(panel)
    network, plan = frame.plan.network, frame.plan
    neuron = network.neurons[3]
    select(panel, neuron.id)
    column, trace = plan.column[neuron.id], frame.trace
    assert panel.title.text() == "NEURON  h₂ · tanh"
    wanted = (trace.z[0, column], trace.a[0, column], trace.delta[0, column])
    assert all(is_short_for(chip.text, value) for chip, value in zip(panel.chips, wanted, strict=True))
    numbers = panel.tables[0].numbers
    slots = [plan.slot[source.id, neuron.id] for source in network.inputs] + [plan.slot[neuron.id]]
    assert numbers.values.tolist() == [[frame.theta[s], trace.grad[s], frame.update[s]] for s in slots]
    assert [numbers.text(row, 0) for row in range(3)] == ["x₁", "x₂", "bias"]
    output = network.outputs[0].id
    w, delta = frame.theta[plan.slot[neuron.id, output]], trace.delta[0, plan.column[output]]
    assert panel.tables[1].numbers.values.tolist() == [[w, delta, w * delta]]
    # What comes back, times the slope, is the neuron's own delta.
    assert trace.slope[0, column] * w * delta == pytest.approx(trace.delta[0, column], rel=1e-12)
    assert panel.facts.texts() == {"f′(z)": format_number(trace.slope[0, column], 5)}


def test_all_digits_are_in_the_tooltips(panel: Inspector) -> None:
    frame = frame_of(panel)
    neuron = frame.plan.network.neurons[2]
    select(panel, neuron.id)
    z = float(frame.trace.z[0, frame.plan.column[neuron.id]])
    chip = panel.chips[0].findChildren(QLabel)[1]
    assert chip.toolTip() == format_exact(z)
    numbers = panel.tables[0].numbers
    tip = numbers.data(numbers.index(0, 2), Qt.ItemDataRole.ToolTipRole)
    assert tip == f"x₁, ∂L/∂w: {format_exact(numbers.values[0, 1])}"
    assert "shown example" in numbers.headerData(2, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "next batch" in numbers.headerData(3, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)


def test_an_output(panel: Inspector) -> None:
    frame = frame_of(panel)
    output = frame.plan.network.outputs[0]
    select(panel, output.id)
    assert panel.title.text() == "OUTPUT  ŷ · sigmoid"
    assert panel.facts.texts()["target t"] == format_number(float(frame.trace.t[0, 0]), 5)
    assert panel.tables[0].numbers.rowCount() == 5
    assert not panel.tables[1].isVisible()


def test_an_input_shows_its_column_as_it_is_in_the_data(qtbot: QtBot, qapp: QApplication) -> None:
    document = Document(a_project("iris"))
    player = Player(document)
    try:
        panel = place(qtbot, document, player, Inspector)
        player.look_at(Probe(Part.TEST, 2))
        qtbot.waitUntil(lambda: frame_of(panel).probe.part is Part.TEST)
        select(panel, document.project.network.inputs[1].id)
        prepared = document.prepared
        raw = float(prepared.dataset.x[prepared.test_rows[2], 1])
        assert panel.facts.texts() == {"column": "sepal width (cm)", "in the data": format_number(raw, 5)}
        assert is_short_for(panel.chips[0].text, float(frame_of(panel).trace.x[0, 1]))
        assert "test example 3" in visible_texts(panel)
        # After an edit the frame is merely older: its column is still that of its own data.
        reseeded = replace(document.project, data=replace(document.project.data, seed=9))
        player.numbers.disconnect(panel.show_frame)
        document.edit("Reseed", reseeded)
        panel.show_frame(frame_of(panel))
        assert panel.facts.texts()["in the data"] == format_number(raw, 5)
        # Of one that does not say what it was made with, nothing is claimed that may be of other data.
        panel.show_frame(replace(frame_of(panel), origin=None))
        assert panel.facts.texts() == {}
    finally:
        player.close()


def test_an_edge(panel: Inspector, player: Player, next_frame: After) -> None:
    next_frame(player.step, accept=lambda frame: frame.step > 0)
    frame = frame_of(panel)
    edge = frame.plan.network.edges[1]
    select(panel, (edge.source, edge.target))
    slot = frame.plan.slot[edge.source, edge.target]
    wanted = (frame.theta[slot], frame.trace.grad[slot], frame.update[slot])
    assert panel.title.text() == "WEIGHT  x₂ → h₁"
    assert all(is_short_for(chip.text, value) for chip, value in zip(panel.chips, wanted, strict=True))
    facts = panel.facts.texts()
    assert facts["starting weight"] == format_number(edge.weight, 5)
    assert facts["learned since"] == format_number(float(frame.theta[slot]) - edge.weight, 5)
    source, target = frame.plan.column[edge.source], frame.plan.column[edge.target]
    assert facts["a of x₂"] == format_number(float(frame.trace.a[0, source]), 5)
    assert facts["δ of h₁"] == format_number(float(frame.trace.delta[0, target]), 5)


@pytest.mark.parametrize("size", [1e200, 1e308, np.inf, np.nan])
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_numbers_that_blow_up_are_shown_and_not_warned_about(
    panel: Inspector, qapp: QApplication, size: float, precision: str
) -> None:
    document = Document(a_project("teacher", (3,), precision=precision))
    trainer = trainer_of(document.project, document.prepared)
    with np.errstate(all="ignore"):
        trainer.theta[:] = np.where(np.arange(len(trainer.theta)) % 2, size, -size)
    frame = trainer.frame(Probe())
    with np.errstate(all="ignore"):
        frame = replace(frame, coming=replace(frame.coming, step=-frame.theta * 8))
    network = frame.plan.network
    keys: list[Key | None] = [None, *network.neuron_of, *network.edge_of]
    for key in keys:
        sheet = sheet_of(frame.plan, key)
        assert sheet is not None
        reading = sheet.read(frame, document.prepared)
        assert len(reading.chips) == len(sheet.chips)


def test_nothing_selected_sums_the_network_up(panel: Inspector) -> None:
    assert panel.title.text() == "NETWORK  2-4-1"
    facts = panel.facts.texts()
    assert facts == {"parameters": "17", "input": "2", "hidden": "4 · tanh", "output": "1 · sigmoid"}
    assert is_short_for(panel.chips[0].text, float(frame_of(panel).trace.losses[0]))
    assert "Select a neuron" in visible_texts(panel)


def test_numbers_follow_training(panel: Inspector, player: Player, next_frame: After) -> None:
    neuron = frame_of(panel).plan.network.neurons[2]
    select(panel, neuron.id)
    shown = set()
    for _ in range(3):
        step = frame_of(panel).step
        next_frame(player.step, accept=lambda frame, step=step: frame.step > step)
        column = frame_of(panel).plan.column[neuron.id]
        assert is_short_for(panel.chips[2].text, float(frame_of(panel).trace.delta[0, column]))
        shown.add(panel.chips[2].text)
    assert len(shown) == 3


def test_what_the_frame_lacks_is_waited_for(panel: Inspector, player: Player, document: Document) -> None:
    old = frame_of(panel)
    player.numbers.disconnect(panel.show_frame)
    document.edit("Grow", with_shape(document.project, (6,)))
    new_neuron = document.project.network.neurons[7]
    assert new_neuron.id not in old.plan.column
    select(panel, new_neuron.id)
    panel.show_frame(old)
    assert WAITING in visible_texts(panel)
    assert not any(chip.isVisible() for chip in panel.chips)
    assert not panel.tables[0].isVisible()


def test_a_neuron_that_is_gone_shows_nothing(panel: Inspector, document: Document, qtbot: QtBot) -> None:
    gone = document.project.network.neurons[5]
    select(panel, gone.id)
    document.edit("Shrink", with_shape(document.project, (2,)))
    qtbot.waitUntil(lambda: len(frame_of(panel).plan.network.neurons) == 5)
    panel.lab.selection.keep(document.project.network)
    assert panel.title.text() == "NETWORK  2-2-1"


def test_a_hundred_connections_scroll_and_rows_stay(qtbot: QtBot, qapp: QApplication) -> None:
    document = Document(a_project("digits", (20,)))
    player = Player(document)
    try:
        panel = place(qtbot, document, player, Inspector, (316, 800))
        select(panel, document.project.network.neurons[64].id)
        table, resets = panel.tables[0], []
        table.numbers.modelReset.connect(lambda: resets.append(1))
        assert table.numbers.rowCount() == 65
        assert table.height() < 24 * (MOST_ROWS + 2)
        qtbot.waitUntil(lambda: table.verticalScrollBar().maximum() > 0)
        table.verticalScrollBar().setValue(30)
        player.step()
        qtbot.waitUntil(lambda: frame_of(panel).step > 0)
        assert resets == []
        assert table.verticalScrollBar().value() == 30
    finally:
        player.close()


@pytest.mark.parametrize("dark", [False, True])
def test_delta_has_the_color_of_its_sign(panel: Inspector, qapp: QApplication, dark: bool) -> None:
    try:
        look = theme.apply(qapp, dark)
        chip = panel.chips[2]
        number = chip.findChildren(QLabel)[1]
        for value, color in ((0.5, look.positive), (-0.5, look.negative), (0.0, look.text)):
            chip.show_number(value)
            assert number.palette().windowText().color() == color
            image = chip.grab().toImage()
            names = {
                image.pixelColor(x, y).name() for x in range(image.width()) for y in range(20, image.height())
            }
            assert color.name() in names
    finally:
        theme.apply(qapp, False)


def test_narrow_chips_drop_digits_and_never_the_sign(panel: Inspector) -> None:
    chip = panel.chips[2]
    for width in (60, 70, 90, 140):
        chip.resize(width, chip.height())
        chip.show_number(-0.0123456)
        assert chip.text.startswith("−0.012") or chip.text == "−0.01"
    assert chip.text == "−0.012346"


def test_every_subject_of_an_arbitrary_network_can_be_read(
    document: Document, player: Player, qtbot: QtBot
) -> None:
    network = document.project.network
    skip = network.connect(network.inputs[0].id, network.outputs[0].id, 0.25)
    bare = skip.with_neurons([replace(skip.neurons[3], bias=None), replace(skip.neurons[4], frozen=True)])
    document.edit("Skip", replace(document.project, network=bare))
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.plan.network is bare)
    frame = player.frame
    assert frame is not None
    for key in (None, *bare.neuron_of, *bare.edge_of):
        sheet = sheet_of(frame.plan, key)
        assert sheet is not None
        reading = sheet.read(frame, document.prepared)
        assert len(reading.chips) == len(sheet.chips)
        for values, table in zip(reading.tables, sheet.tables, strict=True):
            assert values.shape == (len(table.names), len(table.headers) - 1)
            assert np.isfinite(values).all()
    assert sheet_of(frame.plan, 999) is None
    assert sheet_of(frame.plan, (1, 999)) is None


def test_deltas_and_gradients_follow_the_conventions(
    panel: Inspector, document: Document, player: Player
) -> None:
    frame = frame_of(panel)
    hidden = next(n for n in frame.plan.network.neurons if n.kind is Kind.HIDDEN)
    panel.lab.selection.set(frozenset([hidden.id]))
    conventions = Conventions(Delta.BY_A, Sign.ERROR)
    document.edit("errors", replace(document.project, conventions=conventions))
    frame = frame_of(panel)
    column = frame.plan.column[hidden.id]
    assert "e = −∂L/∂a" in visible_texts(panel)
    assert is_short_for(panel.chips[2].text, float(deltas(frame, conventions)[0, column]))
    incoming, outgoing = panel.tables
    assert outgoing.numbers.values[0, 2] == pytest.approx(
        float(deltas(frame, conventions)[0, column]), rel=1e-12
    )
    slot = frame.plan.slot[frame.plan.network.incoming[hidden.id][0].source, hidden.id]
    assert incoming.numbers.values[0, 1] == -frame.trace.grad[slot]


def test_another_selection_is_read_from_its_heading(qtbot: QtBot, document: Document, player: Player) -> None:
    panel = place(qtbot, document, player, Inspector, (300, 120))
    assert player.frame is not None
    network = document.project.network
    hidden = network.members[network.layers[1].id]
    panel.lab.selection.set(frozenset([hidden[0].id]))
    panel.show_frame(player.frame)
    bar = panel._column.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    panel.show_frame(player.frame)
    assert bar.value() == bar.maximum(), "new numbers of the same neuron do not scroll"
    panel.lab.selection.set(frozenset([hidden[1].id]))
    assert bar.value() == 0
