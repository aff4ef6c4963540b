"""The loss curve: drawn where the numbers are, read to the last digit, calm, and never upset by a number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.data import default_settings, load
from backprop_gui.engine.frame import Frame, Score
from backprop_gui.project import with_data
from backprop_gui.ui import theme
from backprop_gui.ui.document import Document
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.panels.loss import LossPanel
from backprop_gui.ui.player import Player
from backprop_gui.ui.plots.curve_plot import CurvePlot
from backprop_gui.ui.plots.value_axis import Scale
from tests.ui.panel_lab import place
from tests.ui.plot_lab import a_lab, move_mouse, near, shows, with_curve

Shown = Callable[..., LossPanel]


@pytest.fixture
def shown(qtbot: QtBot, qapp: QApplication) -> Iterator[Shown]:
    """Return a function that shows a panel of a given size with some frames."""
    theme.apply(qapp, False)
    panels = []

    def show(lab: Any, *frames: Frame, size: tuple[int, int] = (900, 220)) -> LossPanel:
        panel = LossPanel(lab)
        panels.append(panel)  # the only strong reference while a test keeps no more than the plot
        qtbot.addWidget(panel)
        panel.resize(*size)
        panel.show()
        qtbot.waitUntil(lambda: panel.plot is not None)
        for frame in frames:
            panel.show_frame(frame)
        return panel

    yield show
    theme.apply(qapp, False)


def plot_of(panel: LossPanel) -> CurvePlot:
    assert panel.plot is not None
    return panel.plot


@pytest.fixture
def trained() -> tuple[Any, Frame]:
    """A lab on XOR clouds and a frame after some epochs."""
    lab, trainer = a_lab("xor-clouds")
    for _ in range(25):
        trainer.advance_epoch()
    return lab, trainer.frame()


def test_each_curve_is_where_its_records_are(shown: Shown, trained: tuple[Any, Frame]) -> None:
    lab, frame = trained
    for scale in (Scale.LOG, Scale.LINEAR):
        panel = shown(lab, frame)
        plot = plot_of(panel)
        panel.scale.button(scale).click()
        image = plot.grab().toImage()
        axis = plot.axis
        for values, color in ((frame.curve.train, "train"), (frame.curve.test, "test")):
            share = [
                shows(image, place.x(), place.y(), getattr(theme.current(), color))
                for epoch, height in zip(frame.curve.epochs, axis.heights(values), strict=True)
                for place in [plot.place(epoch, height)]
            ]
            # Dashes have gaps, and the marker of the present covers the end.
            assert np.mean(share) > (0.9 if color == "train" else 0.5)


def test_the_crosshair_reads_the_record_under_the_pointer(shown: Shown, trained: tuple[Any, Frame]) -> None:
    lab, frame = trained
    panel = shown(lab, frame)
    plot = plot_of(panel)
    for index in (0, 7, 25):
        at = plot.place(float(frame.curve.epochs[index]), 0.5)
        move_mouse(plot.viewport(), at.x() + 2, at.y())
        assert plot.index == index
        said = panel.words.whole
        assert f"epoch {index}" in said
        assert f"training {format_exact(float(frame.curve.train[index]))}" in said
        assert f"test {format_exact(float(frame.curve.test[index]))}" in said
    image = plot.grab().toImage()
    assert shows(image, plot.place(25, 0).x(), plot.area.top() + 1, theme.current().outline)
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert plot.index == -1
    assert "log scale" in panel.words.whole


def test_the_crosshair_moves_by_keys(shown: Shown, trained: tuple[Any, Frame], qtbot: QtBot) -> None:
    lab, frame = trained
    plot = plot_of(shown(lab, frame))
    keys = Qt.Key
    for key, index in (
        (keys.Key_Left, 24),
        (keys.Key_Home, 0),
        (keys.Key_Left, 0),
        (keys.Key_Right, 1),
        (keys.Key_End, 25),
        (keys.Key_Escape, -1),
    ):
        qtbot.keyClick(plot, key)
        assert plot.index == index


def test_a_curve_is_prepared_only_when_it_has_changed(
    shown: Shown, trained: tuple[Any, Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, frame = trained
    panel = shown(lab, with_curve(frame, frame.curve.train.tolist(), frame.curve.test.tolist()))
    calls: list[int] = []
    original = plot_of(panel).show_curves
    monkeypatch.setattr(plot_of(panel), "show_curves", lambda *a: (calls.append(1), original(*a)))
    panel.show_frame(with_curve(frame, frame.curve.train.tolist(), frame.curve.test.tolist()))
    assert not calls
    panel.show_frame(with_curve(frame, [*frame.curve.train.tolist(), 0.1], [*frame.curve.test.tolist(), 0.2]))
    assert len(calls) == 1


def test_while_training_runs_it_waits_until_its_time_is_paid_for(
    shown: Shown, trained: tuple[Any, Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, frame = trained
    panel = shown(lab, frame)
    monkeypatch.setattr(plot_of(panel).budget, "allows", lambda: False)
    longer = with_curve(frame, [1.0] * 40)
    panel.show_frame(replace(longer, rate=1000.0))
    assert len(plot_of(panel).epochs) == len(frame.curve.epochs)
    panel.show_frame(longer)
    assert len(plot_of(panel).epochs) == 40


def test_the_axes_stand_still_while_a_curve_grows(shown: Shown, trained: tuple[Any, Frame]) -> None:
    lab, frame = trained
    losses = [0.7 * 0.97**k for k in range(60)]
    plot = plot_of(shown(lab, with_curve(frame, losses[:42])))
    before = plot.place(10, 0.5)
    panel = plot.parent()
    assert isinstance(panel, LossPanel)
    panel.show_frame(with_curve(frame, losses[:48]))
    assert plot.place(10, 0.5) == before
    panel.show_frame(with_curve(frame, losses))
    assert plot.place(10, 0.5).x() < before.x()


def test_zeros_and_negative_losses_are_left_out_of_a_log_axis_and_said(
    shown: Shown, trained: tuple[Any, Frame]
) -> None:
    lab, frame = trained
    panel = shown(lab, with_curve(frame, [1.0, 0.1, 0.0, -0.1, 0.01]))
    panel.grab()
    assert "2 at or below 0 not on a log scale" in panel.words.whole
    panel.scale.button(Scale.LINEAR).click()
    panel.grab()
    assert panel.words.whole == "·  linear scale"


@pytest.mark.parametrize("scale", [Scale.LOG, Scale.LINEAR])
@pytest.mark.parametrize(
    "losses",
    [
        [1.0, float("inf"), float("nan")],
        [float("nan")],
        [0.0],
        [1e308, 1e-308],
        [-1.0, -2.0],
    ],
)
def test_no_number_upsets_it(
    shown: Shown, trained: tuple[Any, Frame], scale: Scale, losses: list[float]
) -> None:
    lab, frame = trained
    panel = shown(lab, with_curve(frame, losses, losses))
    panel.scale.button(scale).click()
    plot_of(panel).read_near(0)
    panel.grab()
    assert f"training {format_exact(losses[0])}" in panel.words.whole


def test_a_single_record_is_a_dot(shown: Shown) -> None:
    lab, trainer = a_lab("xor")
    frame = trainer.frame()
    assert len(frame.curve.epochs) == 1
    plot = plot_of(shown(lab, frame))
    height = float(plot.axis.heights(frame.curve.train)[0])
    place = plot.place(0, height)
    assert shows(plot.grab().toImage(), place.x() + 2, place.y(), theme.current().train)


def test_the_present_is_marked(shown: Shown, trained: tuple[Any, Frame]) -> None:
    lab, frame = trained
    plot = plot_of(shown(lab, frame))
    place = plot.place(frame.epoch, 1)
    assert shows(plot.grab().toImage(), place.x(), place.y() - 2, theme.current().text)


def test_accuracy_is_offered_for_classes_only(shown: Shown, trained: tuple[Any, Frame]) -> None:
    lab, frame = trained
    panel = shown(lab, frame)
    assert panel.measure.isVisible()
    panel.measure.button(True).click()
    plot_of(panel).read_near(25)
    assert f"training {100 * float(frame.curve.train_accuracy[25]):.2f} %" in panel.words.whole
    assert not panel.scale.isEnabled()
    data = default_settings("sine")
    old = lab.document.project
    lab.document.edit("sine", with_data(old, load(data), data))
    panel.sync(old, lab.document.project)
    assert not panel.measure.isVisible()
    assert panel.measure.value is False
    assert panel.scale.isEnabled()


def test_the_test_curve_is_named_only_where_there_is_one(shown: Shown, trained: tuple[Any, Frame]) -> None:
    lab, frame = trained
    panel = shown(lab, frame)
    assert "test" in panel.key.accessibleName()
    panel.show_frame(with_curve(frame, [1.0, 0.5]))
    assert panel.key.accessibleName() == "lines: training"


def test_a_record_without_a_test_part_says_so(shown: Shown, trained: tuple[Any, Frame]) -> None:
    lab, frame = trained
    panel = shown(lab, with_curve(frame, [1.0, 0.5, 0.4], [float("nan"), 0.6, 0.5]))
    assert panel.words.whole == "·  log scale"
    plot_of(panel).read_near(0)
    assert "no test data" in panel.words.whole
    plot_of(panel).read_near(1)
    assert "test 0.6" in panel.words.whole


def test_other_data_move_the_end_of_the_curve_before_training_goes_on(shown: Shown) -> None:
    lab, trainer = a_lab("xor")
    for _ in range(5):
        trainer.advance_epoch()
    frame = trainer.frame()
    panel = shown(lab, frame)
    assert panel.key.accessibleName() == "lines: training"
    for other in (
        replace(frame, train=Score(0.9, 0.5), test=Score(0.8, 0.6)),
        replace(frame, train=Score(0.9, 0.5), test=Score(0.8, 0.6), scored_at=5.25, epoch=5.25),
    ):
        panel.show_frame(other)
        assert panel.key.accessibleName() == "lines: training, test"
        plot = plot_of(panel)
        assert plot.epochs.tolist() == sorted({*range(6), other.scored_at})
        place = plot.place(other.scored_at, float(plot.axis.heights(np.array([0.8]))[0]))
        # Beside the marker of the present.
        assert shows(plot.grab().toImage(), place.x() - 2, place.y(), theme.current().test)
        plot.read_near(other.scored_at)
        assert f"epoch {other.scored_at:g}  ·" in panel.words.whole
        assert "·  training 0.9  ·  test 0.8" in panel.words.whole
        QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    panel.show_frame(frame)
    assert panel.key.accessibleName() == "lines: training"
    assert plot_of(panel).epochs.tolist() == list(range(6))


def test_other_data_at_the_start_replace_the_only_point(shown: Shown) -> None:
    lab, trainer = a_lab("xor")
    frame = trainer.frame()
    panel = shown(lab, replace(frame, train=Score(0.25)))
    plot_of(panel).read_near(0)
    assert plot_of(panel).epochs.tolist() == [0]
    assert "training 0.25" in panel.words.whole


def test_another_file_begins_with_empty_axes(shown: Shown, trained: tuple[Any, Frame]) -> None:
    lab, frame = trained
    panel = shown(lab, frame)
    panel.sync(None, lab.document.project)
    plot_of(panel).read_near(3)
    assert plot_of(panel).index == -1
    panel.show_frame(frame)
    plot_of(panel).read_near(3)
    assert plot_of(panel).index == 3


def test_it_follows_the_theme(shown: Shown, trained: tuple[Any, Frame], qapp: QApplication) -> None:
    lab, frame = trained
    plot = plot_of(shown(lab, frame))
    assert near(plot.grab().toImage().pixelColor(3, 3), theme.LIGHT.window)
    theme.apply(qapp, True)
    image = plot.grab().toImage()
    assert near(image.pixelColor(3, 3), theme.DARK.window)
    place = plot.place(12, float(plot.axis.heights(frame.curve.train)[12]))
    assert shows(image, place.x(), place.y(), theme.DARK.train)


@pytest.mark.parametrize("size", [(230, 320), (500, 120), (900, 120), (350, 240)])
def test_it_can_be_small(
    shown: Shown, trained: tuple[Any, Frame], size: tuple[int, int], qtbot: QtBot
) -> None:
    lab, frame = trained
    panel = shown(lab, frame, size=size)
    plot = plot_of(panel)
    assert (panel.width(), panel.height()) == size
    # Qt lays out what is shown in its next turn.
    qtbot.waitUntil(lambda: panel.rect().contains(plot.geometry()))
    assert plot.area.height() >= 30
    for control in (panel.measure, panel.scale, plot):
        assert panel.rect().contains(control.geometry())


def test_what_is_hidden_is_not_drawn_and_catches_up(
    shown: Shown, trained: tuple[Any, Frame], qtbot: QtBot
) -> None:
    lab, frame = trained
    panel = shown(lab)
    panel.hide()
    panel.show_frame(frame)
    assert plot_of(panel).index == -1
    lab.player.frame = frame
    panel.show()
    qtbot.waitUntil(lambda: len(plot_of(panel).epochs) == len(frame.curve.epochs))


def test_a_moment_of_the_past_shows_the_curve_of_its_own_run(
    qtbot: QtBot, document: Document, player: Player, next_frame: Callable[..., Frame]
) -> None:
    def step(epoch: int) -> None:
        next_frame(player.step, accept=lambda frame: frame.epoch == epoch and frame.rate == 0)

    panel = place(qtbot, document, player, LossPanel, (900, 220))
    qtbot.waitUntil(lambda: panel.plot is not None)
    for epoch in range(1, 9):
        step(epoch)
    plot = plot_of(panel)
    qtbot.waitUntil(lambda: plot.epochs.tolist() == list(range(9)))
    panel.hide()
    next_frame(player.reset, accept=lambda frame: frame.step == 0)
    for epoch in (1, 2, 3):
        step(epoch)
    next_frame(player.past.step_back, accept=lambda frame: frame.past)
    panel.show()
    qtbot.waitUntil(lambda: plot.epochs.tolist() == [0, 1, 2, 3])


def test_a_moment_of_the_past_keeps_what_the_present_is_scored_at(
    qtbot: QtBot, document: Document, player: Player, next_frame: Callable[..., Frame]
) -> None:
    panel = place(qtbot, document, player, LossPanel, (900, 220))
    qtbot.waitUntil(lambda: panel.plot is not None)
    project = document.project
    document.edit("Other batches", replace(project, training=replace(project.training, batch_size=1)))
    for step in (1, 2, 3):
        next_frame(player.step_batch, accept=lambda frame, step=step: frame.step == step)
    plot = plot_of(panel)
    qtbot.waitUntil(lambda: plot.epochs.tolist() == [0, 0.75])
    next_frame(player.past.step_back, accept=lambda frame: frame.past)
    assert plot.epochs.tolist() == [0, 0.75]
