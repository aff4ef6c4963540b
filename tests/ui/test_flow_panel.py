"""The panel "Gradient flow": what it shows is the engine's, of the frame that is shown, and what was is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.flow import Flow, Measure, flow_of
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.passes import trace
from backprop_gui.engine.reading import deltas_of
from backprop_gui.errors import UserError
from backprop_gui.project import templates
from backprop_gui.ui import theme
from backprop_gui.ui.document import Document
from backprop_gui.ui.panels.flow import FlowPanel
from backprop_gui.ui.player import Player
from backprop_gui.ui.plots.flow_picture import BAR_PX, FlowPicture
from tests.ui.conftest import a_project
from tests.ui.panel_lab import place
from tests.ui.windows import open_window, shut

LEFT = Qt.MouseButton.LeftButton
SIZE = (900, 260)
NOTHING_YET = ((np.empty(0), np.empty((0, 2, 3))), (0.0, "epoch 0"), None)
After = Callable[..., Frame]


@pytest.fixture
def panel(qtbot: QtBot, document: Document, player: Player) -> FlowPanel:
    panel = place(qtbot, document, player, FlowPanel, SIZE)
    qtbot.waitUntil(lambda: panel.flow is not None)
    return panel


def expected(document: Document, frame: Frame) -> Flow:
    data = document.prepared
    return flow_of(frame.plan, frame.theta, frame.update, data.x_train, data.t_train, frame.loss)


def shown(panel: FlowPanel, document: Document, frame: Frame) -> bool:
    return panel.flow == expected(document, frame)


def test_it_shows_the_numbers_of_the_frame(
    panel: FlowPanel, document: Document, player: Player, next_frame: After, qtbot: QtBot
) -> None:
    assert player.frame is not None
    assert shown(panel, document, player.frame)
    assert [layer.name for layer in panel.flow.layers] == ["hidden", "output"]
    frame = next_frame(player.step, accept=lambda frame: frame.step > 0 and frame.rate == 0)
    qtbot.waitUntil(lambda: shown(panel, document, frame))


def test_what_was_is_kept_and_a_new_beginning_begins_anew(
    panel: FlowPanel, document: Document, player: Player, next_frame: After, qtbot: QtBot
) -> None:
    for epoch in (1, 2, 3):
        next_frame(player.step, accept=lambda frame, epoch=epoch: frame.epoch == epoch and frame.rate == 0)
        qtbot.waitUntil(lambda epoch=epoch: panel.record.series(Measure.DELTA)[0][-1] == epoch)
    epochs, levels = panel.record.series(Measure.DELTA)
    assert epochs.tolist() == [0, 1, 2, 3]
    now = [layer.spread(Measure.DELTA).median for layer in panel.flow.layers]
    assert levels[-1, :, 1].tolist() == now
    next_frame(player.reset, accept=lambda frame: frame.step == 0)
    qtbot.waitUntil(lambda: panel.record.series(Measure.DELTA)[0].tolist() == [0])


def test_a_moment_of_the_past_shows_its_own_numbers_and_leaves_the_record(
    panel: FlowPanel, document: Document, player: Player, next_frame: After, qtbot: QtBot
) -> None:
    frames = []
    for epoch in (1, 2, 3):
        frames.append(
            next_frame(
                player.step, accept=lambda frame, epoch=epoch: frame.epoch == epoch and frame.rate == 0
            )
        )
        qtbot.waitUntil(lambda epoch=epoch: panel.record.series(Measure.DELTA)[0][-1] == epoch)
    panel.show_frame(replace(frames[1], past=True))
    qtbot.waitUntil(lambda: shown(panel, document, frames[1]))
    assert panel.record.series(Measure.DELTA)[0].tolist() == [0, 1, 2, 3]
    # Training that goes on from there has another future.
    running = replace(frames[0], rate=100.0)

    def has_another_future() -> bool:
        panel.show_frame(running)  # again, because it takes its time between two frames of a run
        return panel.record.series(Measure.DELTA)[0].tolist() == [0, 1]

    qtbot.waitUntil(has_another_future)


def epochs_of(panel: FlowPanel) -> list[float]:
    return panel.record.series(Measure.DELTA)[0].tolist()


def stepped(player: Player, next_frame: After, epoch: int) -> Frame:
    return next_frame(player.step, accept=lambda frame: frame.epoch == epoch and frame.rate == 0)


def test_single_steps_from_a_moment_of_the_past_end_its_old_future(
    panel: FlowPanel, document: Document, player: Player, next_frame: After, qtbot: QtBot
) -> None:
    for epoch in range(1, 6):
        stepped(player, next_frame, epoch)
        qtbot.waitUntil(lambda epoch=epoch: epochs_of(panel)[-1] == epoch)
    next_frame(lambda: player.past.look_at_step(2), accept=lambda frame: frame.past)
    panel.hide()
    next_frame(player.past.continue_from_here, accept=lambda frame: not frame.past and frame.epoch == 2)
    for epoch in (3, 4):  # nobody sees these
        stepped(player, next_frame, epoch)
    panel.show()
    qtbot.waitUntil(lambda: epochs_of(panel) == [0, 1, 2, 4])


def test_what_was_recorded_is_not_taken_for_another_run(
    panel: FlowPanel, document: Document, player: Player, next_frame: After, qtbot: QtBot
) -> None:
    for epoch in (1, 2, 3):
        frame = stepped(player, next_frame, epoch)
        qtbot.waitUntil(lambda epoch=epoch: epochs_of(panel)[-1] == epoch)
    run = player.project_now().run
    assert run is not None
    panel.hide()
    next_frame(player.reset, accept=lambda frame: frame.step == 0)
    for epoch in (1, 2, 3, 4):
        stepped(player, next_frame, epoch)
    panel.show()
    qtbot.waitUntil(lambda: epochs_of(panel) == [4])
    next_frame(lambda: player.take_up(run), accept=lambda taken: taken.step == frame.step)
    qtbot.waitUntil(lambda: epochs_of(panel) == [3])


def test_the_sentence_says_that_deltas_vanish(qtbot: QtBot, qapp: object) -> None:
    document = Document(templates.load("deep-narrow"))
    player = Player(document)
    try:
        panel = place(qtbot, document, player, FlowPanel, SIZE)
        qtbot.waitUntil(lambda: panel.flow is not None)
        assert panel.words.text().startswith("The deltas of hidden 1 are 1/")
        assert "of those of hidden 6: they vanish." in panel.words.text()
        places = [
            panel.plot.picture.place(panel.plot.now, i, layer.spread(Measure.DELTA).median).y()
            for i, layer in enumerate(panel.flow.layers)
        ]
        # Vanishing is a slope that is seen: each layer higher up than the one before.
        assert places == sorted(places, reverse=True)
        assert places[0] - places[-1] > 0.5 * panel.plot.now.height()
        panel.measure.button(Measure.STEP).click()
        assert panel.words.text().startswith("The next step is ")
        panel.measure.button(Measure.GRADIENT).click()
        assert "gradients of hidden 1" in panel.words.text()
    finally:
        player.close()


def test_a_layer_is_read_and_selected(panel: FlowPanel, qtbot: QtBot) -> None:
    plot, network = panel.plot, panel.lab.document.project.network
    where = plot.picture.place(plot.now, 0, plot.picture.axis.low).toPoint()
    QTest.mouseMove(plot, where)
    assert plot.index == 0
    assert panel.words.text().startswith("hidden: median ")
    assert "hidden: 16 numbers" in plot.toolTip()
    QTest.mouseClick(plot, LEFT, pos=where)
    hidden = {n.id for n in network.members[network.layers[1].id]}
    assert panel.lab.selection.keys == hidden
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot.index == 1
    QTest.keyClick(plot, Qt.Key.Key_Return)
    assert panel.lab.selection.keys == {network.outputs[0].id}
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert plot.index == -1


def test_a_hidden_panel_does_no_work(
    panel: FlowPanel, document: Document, player: Player, next_frame: After, qtbot: QtBot
) -> None:
    panel.hide()
    before = panel.flow
    frame = next_frame(player.step, accept=lambda frame: frame.step > 0 and frame.rate == 0)
    qtbot.wait(150)
    assert panel.flow is before
    panel.show()
    qtbot.waitUntil(lambda: shown(panel, document, frame))


def test_another_file_empties_it(panel: FlowPanel, document: Document, player: Player, qtbot: QtBot) -> None:
    document.open(a_project("circle", (3, 3)), None)
    panel.sync(None, document.project)
    assert panel.flow is None
    assert len(panel.record) == 0
    qtbot.waitUntil(lambda: panel.flow is not None and len(panel.flow.layers) == 3)


@pytest.mark.parametrize("size", [SIZE, (300, 120), (1400, 180)])
@pytest.mark.parametrize("layers", [1, 24])
def test_it_fits_and_paints_in_both_themes(
    qtbot: QtBot, qapp: object, size: tuple[int, int], layers: int
) -> None:
    document = Document(a_project("circle", (2,) * layers, learning_rate=0.1))
    player = Player(document)
    try:
        panel = place(qtbot, document, player, FlowPanel, size)
        qtbot.waitUntil(lambda: panel.flow is not None)
        for dark in (True, False):
            theme.apply(qapp, dark=dark)  # type: ignore[arg-type]
            picture = panel.plot.grab().toImage()
            for index in range(layers + 1):
                at = panel.plot.picture.place(
                    panel.plot.now, index, panel.flow.layers[index].spread(Measure.DELTA).median
                )
                assert panel.plot.rect().contains(at.toPoint())
                ratio = picture.devicePixelRatio()
                around = [
                    picture.pixelColor(int(at.x() * ratio), int((at.y() + dy) * ratio))
                    for dy in (-1.0, 0.0, 0.5)
                ]
                wanted = theme.current().text
                assert any(abs(color.lightness() - wanted.lightness()) < 60 for color in around)
    finally:
        player.close()


def test_zeros_and_what_is_not_finite_are_said(panel: FlowPanel, document: Document, player: Player) -> None:
    frame = player.frame
    assert frame is not None
    theta = np.zeros_like(frame.theta)
    flow = flow_of(
        frame.plan,
        theta,
        theta,
        document.prepared.x_train,
        document.prepared.t_train,
        frame.loss,
    )
    panel.plot.show_picture(FlowPicture.of(flow, Measure.DELTA, *NOTHING_YET))
    assert "exactly 0: 100.0 %" in panel.plot.words(0)
    assert np.isnan(panel.plot.picture.height(0.0))  # a 0 has no place on a logarithmic axis
    panel.plot.grab()
    theta[:] = np.nan
    flow = flow_of(frame.plan, theta, theta, document.prepared.x_train, document.prepared.t_train, frame.loss)
    panel.plot.show_picture(FlowPicture.of(flow, Measure.DELTA, *NOTHING_YET))
    assert "not finite: 100.0 %" in panel.plot.words(1)
    panel.plot.grab()


def test_deltas_are_those_that_the_conventions_call_so(
    panel: FlowPanel, document: Document, player: Player, qtbot: QtBot
) -> None:
    frame = player.frame
    assert frame is not None
    before = panel.flow
    assert before is not None
    conventions = Conventions(delta=Delta.BY_A)
    document.edit("By a", replace(document.project, conventions=conventions))
    qtbot.waitUntil(lambda: panel.flow is not None and panel.flow != before)
    seen = trace(frame.plan, frame.theta, document.prepared.x_train, document.prepared.t_train, frame.loss)
    sizes = np.abs(deltas_of(frame, seen, conventions))
    layer = panel.flow.layers[-1]
    columns = [frame.plan.column[n.id] for n in document.project.network.members[layer.layer]]
    assert layer.spread(Measure.DELTA).median == pytest.approx(float(np.median(sizes[:, columns])))
    assert panel.measure.button(Measure.DELTA).text() == "|e|"
    assert len(panel.record) == 1
    document.edit("As error", replace(document.project, conventions=Conventions(Delta.BY_A, Sign.ERROR)))
    assert panel.flow is not None, "sizes have no sign"


def test_a_tooltip_that_is_read_follows_the_numbers(
    panel: FlowPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    plot = panel.plot
    plot._read(0)
    assert plot.picture is not None
    before = plot.toolTip()
    monkeypatch.setattr(plot, "underMouse", lambda: True)
    monkeypatch.setattr(QToolTip, "isVisible", lambda: True)
    monkeypatch.setattr(QToolTip, "text", lambda: before)
    monkeypatch.setattr(QToolTip, "showText", lambda at, text, widget: shown.append(text))
    other = replace(plot.picture.flow, layers=plot.picture.flow.layers[::-1])
    plot.show_picture(replace(plot.picture, flow=other))
    assert shown == [plot.toolTip()]
    assert shown[0] != before


def test_behind_another_tab_it_records_but_draws_nothing(qtbot: QtBot, qapp: QApplication) -> None:
    window = open_window(qtbot, qapp)
    panel, player = window.panels["flow"], window.lab.player
    assert isinstance(panel, FlowPanel)
    assert panel.has_tab
    for epoch in (1, 2, 3):
        player.step()
        qtbot.waitUntil(lambda epoch=epoch: player.frame.epoch == epoch and panel.computed is player.frame)
    assert panel.record.series(Measure.DELTA)[0].tolist() == [0, 1, 2, 3]
    assert panel.plot.picture is None
    window.docks.bring_up("flow")
    assert panel.plot.picture is not None
    window.docks.bring_up("loss")
    window.docks.by_name["flow"].close()
    player.step()
    qtbot.waitUntil(lambda: player.frame.epoch == 4)
    qtbot.wait(100)
    assert len(panel.record) == 4, "without a tab it rests"
    shut(window)


def test_what_is_too_small_for_an_axis_stands_at_its_end(panel: FlowPanel) -> None:
    assert panel.flow is not None
    layers = []
    for layer in panel.flow.layers:
        spread = layer.spread(Measure.DELTA)
        tiny = replace(spread, quantiles=(5e-324, 1e-310, *spread.quantiles[2:]))
        layers.append(replace(layer, spreads=(tiny, *layer.spreads[1:])))
    picture = FlowPicture.of(replace(panel.flow, layers=tuple(layers)), Measure.DELTA, *NOTHING_YET)
    panel.plot.show_picture(picture)
    for index, layer in enumerate(layers):
        low, tenth, *others = (
            picture.place(panel.plot.now, index, value).y() for value in layer.spread(Measure.DELTA).quantiles
        )
        assert low == tenth == panel.plot.now.bottom()
        assert np.isfinite(others).all()
    # The bar reaches down to there, and no number upsets the painter.
    image, x = panel.plot.grab().toImage(), panel.plot.now.left() + panel.plot.now.width() / 4
    ratio, bottom = image.devicePixelRatio(), panel.plot.now.bottom() - 4
    ground = image.pixelColor(int((x - BAR_PX) * ratio), int(bottom * ratio))
    assert image.pixelColor(int(x * ratio), int(bottom * ratio)) != ground


def test_each_layer_has_its_line_over_time(panel: FlowPanel) -> None:
    assert panel.flow is not None
    epochs = np.arange(3.0)
    levels = np.exp(np.arange(18.0)).reshape(3, 2, 3)
    levels[1, 0, 1] = 0.0  # has no place
    picture = FlowPicture.of(panel.flow, Measure.DELTA, (epochs, levels), (2.0, "epoch 2"), None)
    shares = [[(point.x() * picture.limit, point.y()) for point in line.toList()] for line in picture.lines]
    assert [x for x, _ in shares[0]] == [0, 2]
    assert [x for x, _ in shares[1]] == [0, 1, 2]
    for at, (_, height) in enumerate(shares[1]):
        assert height == picture.height(levels[at, 1, 1])


@pytest.mark.parametrize(
    ("error", "words"), [(UserError("There is no room."), "There is no room."), (ValueError("odd"), "odd")]
)
def test_why_nothing_could_be_computed_is_said(
    panel: FlowPanel,
    player: Player,
    next_frame: After,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    words: str,
) -> None:
    def broken(*given: object) -> Flow:
        raise error

    monkeypatch.setattr("backprop_gui.ui.panels.flow.flow_of", broken)
    next_frame(player.step, accept=lambda frame: frame.step > 0 and frame.rate == 0)
    qtbot.waitUntil(lambda: words in panel.words.text())
    assert panel.flow is None
    monkeypatch.undo()
    next_frame(player.step, accept=lambda frame: frame.epoch == 2 and frame.rate == 0)
    qtbot.waitUntil(lambda: panel.flow is not None)
    assert words not in panel.words.text()
