"""What it has learned: every picture shows the model's own answers, and nothing that does not belong to the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.data import DATASETS, Task, default_settings, load
from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.engine.passes import trace
from backprop_gui.project import trainer_of, with_data
from backprop_gui.ui import theme
from backprop_gui.ui.class_colors import class_color
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.panels.learned import LearnedPanel
from backprop_gui.ui.plots.agreement import Agreement
from backprop_gui.ui.plots.axes import fitting_name, label_font
from backprop_gui.ui.plots.confusion import Confusion, decide
from backprop_gui.ui.plots.fit import Fit
from backprop_gui.ui.plots.plane import Plane
from backprop_gui.ui.plots.regions import Regions
from backprop_gui.ui.plots.surface import Surface
from backprop_gui.ui.plots.view import View
from tests.ui.plot_lab import a_lab, click, near, shows

Shown = Callable[..., LearnedPanel]


@pytest.fixture
def shown(qtbot: QtBot, qapp: QApplication) -> Iterator[Shown]:
    """Return a function that shows a panel with a frame."""
    theme.apply(qapp, False)
    panels = []

    def show(lab: Any, frame: Frame | None = None, size: tuple[int, int] = (300, 400)) -> LearnedPanel:
        panel = LearnedPanel(lab)
        panels.append(panel)
        qtbot.addWidget(panel)
        panel.resize(*size)
        panel.show()
        if frame is not None:
            panel.show_frame(frame)
        return panel

    yield show
    theme.apply(qapp, False)


def trained(
    source: str, hidden: tuple[int, ...] = (6,), epochs: int = 8, **training: Any
) -> tuple[Any, Frame, Any]:
    """Return a lab, a frame after some epochs, and the trainer."""
    lab, trainer = a_lab(source, hidden, optimizer="adam", learning_rate=0.02, **training)
    for _ in range(epochs):
        trainer.advance_epoch()
    return lab, trainer.frame(Probe(Part.TRAIN, 2)), trainer


def predictions(lab: Any, frame: Frame, x: np.ndarray) -> np.ndarray:
    """Return (examples, outputs) predictions for inputs in the units of the data, by another way."""
    scaled = lab.document.prepared.scaling.apply(np.asarray(x, float))
    targets = np.zeros((len(scaled), len(frame.plan.outputs)))
    return trace(frame.plan, frame.theta, scaled, targets, frame.loss).predictions


def plane_of(panel: LearnedPanel) -> Plane:
    assert isinstance(panel.view, Plane)
    return panel.view


def cell_of(view: Plane, x: float, y: float) -> tuple[int, int, float, float]:
    """Return the column and row of the cell of the picture that holds (x, y), and the middle of that cell."""
    assert view.image is not None
    cells, axes = view.image.width(), view.axes
    column = int((x - axes.x[0]) / (axes.x[1] - axes.x[0]) * cells)
    row = int((axes.y[1] - y) / (axes.y[1] - axes.y[0]) * cells)
    middle_x = axes.x[0] + (column + 0.5) / cells * (axes.x[1] - axes.x[0])
    middle_y = axes.y[1] - (row + 0.5) / cells * (axes.y[1] - axes.y[0])
    return column, row, middle_x, middle_y


# ---- which picture


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("xor", Surface),
        ("plane", Surface),
        ("spiral-3", Regions),
        ("sine", Fit),
        ("iris", Confusion),
        ("breast-cancer", Confusion),
        ("teacher", Agreement),
    ],
)
def test_the_picture_suits_the_data(shown: Shown, source: str, kind: type) -> None:
    lab, _ = a_lab(source)
    assert type(shown(lab).view) is kind


@pytest.mark.parametrize("source", list(DATASETS))
def test_every_data_set_is_shown_in_both_themes_at_every_size(
    shown: Shown, qapp: QApplication, source: str
) -> None:
    lab, frame, _ = trained(source, epochs=1)
    panel = shown(lab, frame, size=(230, 300))
    small = panel.grab().toImage()
    theme.apply(qapp, True)
    panel.resize(520, 700)
    panel.show_frame(replace(frame, rate=5000.0))
    large = panel.grab().toImage()
    assert small.size() != large.size()
    assert near(large.pixelColor(1, 1), theme.DARK.window)
    assert panel.view is not None
    assert panel.view.accessibleDescription()


# ---- two inputs


@pytest.mark.parametrize("source", ["xor-clouds", "moons", "plane"])
def test_the_surface_is_the_prediction_in_the_units_of_the_data(shown: Shown, source: str) -> None:
    lab, frame, _ = trained(source)
    panel = shown(lab, frame)
    view, dataset = plane_of(panel), lab.document.prepared.dataset
    assert view.image is not None
    half = 0.5 if dataset.task is Task.BINARY else 1.0
    middle = 0.5 if dataset.task is Task.BINARY else 0.0
    for x, y in dataset.x[::17]:
        column, row, middle_x, middle_y = cell_of(view, x, y)
        answer = predictions(lab, frame, np.array([[middle_x, middle_y]]))[0, 0]
        expected = theme.current().diverging(float(answer) - middle, half)
        assert near(view.image.pixelColor(column, row), expected)


def test_what_is_on_the_screen_is_the_surface(shown: Shown) -> None:
    lab, frame, _ = trained("xor")
    panel = shown(lab, frame)
    view = plane_of(panel)
    image = view.grab().toImage()
    for x, y in [(0.5, 0.5), (0.2, 0.7), (0.8, 0.4)]:
        at = view.axes.place(x, y)
        answer = predictions(lab, frame, np.array([[x, y]]))[0, 0]
        assert shows(image, at[0], at[1], theme.current().diverging(float(answer) - 0.5, 0.5), tolerance=6)


def test_each_example_has_the_colour_of_its_class(shown: Shown) -> None:
    lab, frame, _ = trained("xor")
    view = plane_of(shown(lab, frame))
    image = view.grab().toImage()
    for (x, y), label in zip([(0, 0), (0, 1), (1, 1)], (0, 1, 0), strict=True):
        at = view.axes.place(x, y)
        assert shows(image, at[0], at[1], class_color(theme.current(), label), reach=0, tolerance=3)


def test_the_region_has_the_colour_of_the_winner(shown: Shown) -> None:
    lab, frame, _ = trained("spiral-3", (12,), epochs=40)
    view = plane_of(shown(lab, frame))
    assert view.image is not None
    for x, y in lab.document.prepared.dataset.x[::23]:
        column, row, middle_x, middle_y = cell_of(view, x, y)
        answer = predictions(lab, frame, np.array([[middle_x, middle_y]]))[0]
        certainty = (answer.max() - 1 / 3) / (2 / 3)
        color = view.image.pixelColor(column, row)
        now, winner = theme.current(), int(answer.argmax())
        distances = [
            np.abs(np.array(color.getRgb()[:3]) - np.array(class_color(now, k).getRgb()[:3])).sum()
            for k in range(3)
        ]
        if certainty > 0.5:
            assert int(np.argmin(distances)) == winner
        if certainty < 0.02:
            assert near(color, now.surface, 12)


def test_an_answer_that_is_no_number_is_not_a_colour_of_the_scale(shown: Shown) -> None:
    for source in ("xor-clouds", "spiral-3"):
        lab, frame, _ = trained(source, epochs=0)
        view = plane_of(shown(lab, replace(frame, theta=np.full_like(frame.theta, np.nan))))
        assert view.image is not None
        assert near(view.image.pixelColor(5, 5), theme.current().bad)
        view.grab()


def test_a_scale_says_when_answers_lie_beyond_it(shown: Shown) -> None:
    lab, frame, _ = trained("plane", epochs=0)
    view = shown(lab, replace(frame, theta=30 * frame.theta)).view
    assert isinstance(view, Surface)
    assert view.scale_labels()[0].startswith("≤")
    assert view.scale_labels()[-1].startswith("≥")


def test_a_click_on_an_example_chooses_it(shown: Shown) -> None:
    lab, frame, _ = trained("moons")
    view, prepared = plane_of(shown(lab, frame)), lab.document.prepared
    for part, rows in ((Part.TRAIN, prepared.train_rows), (Part.TEST, prepared.test_rows)):
        # The example that is farthest from all others cannot be mistaken.
        x = prepared.dataset.x
        distances = np.linalg.norm(x[rows][:, None] - x[None], axis=2)
        distances[np.arange(len(rows)), rows] = np.inf
        index = int(distances.min(axis=1).argmax())
        at = view.axes.place(*x[rows[index]])
        click(view, *at)
        assert lab.player.asked == [Probe(part, index)]
        lab.player.asked.clear()
    click(view, view.axes.rect.left() + 1, view.axes.rect.top() + 1)
    assert lab.player.asked == []


@pytest.mark.parametrize("name", ["Breite", "column 2", "a name that no axis has room for"])
def test_names_of_axes_are_never_cut(shown: Shown, name: str) -> None:
    lab, trainer = a_lab("xor-clouds")
    dataset = replace(lab.document.prepared.dataset, input_names=(name, name))
    lab.document.prepared = replace(lab.document.prepared, dataset=dataset)
    plane = plane_of(shown(lab, trainer.frame()))
    metrics = QFontMetricsF(label_font(plane.font()))
    room = plane.axes.rect.left() - 5
    written = fitting_name(metrics, name, room)
    assert metrics.horizontalAdvance(written) <= room
    if len(name) < 10:
        assert written == name
    else:
        assert written.startswith("a ")
        assert written.endswith("r")
        assert "…" in written


def test_the_example_looked_at_is_ringed(shown: Shown) -> None:
    lab, frame, trainer = trained("xor")
    view = plane_of(shown(lab, frame))
    ring = view.points.radius + 3
    at = view.axes.place(1, 0)
    assert shows(view.grab().toImage(), at[0] + ring, at[1], theme.current().text)
    view.show_frame(trainer.frame(Probe(Part.TRAIN, 0)))
    assert not shows(view.grab().toImage(), at[0] + ring, at[1], theme.current().text)


def test_the_arrow_keys_go_to_another_example(shown: Shown, qtbot: QtBot) -> None:
    lab, frame, _ = trained("xor")
    view = plane_of(shown(lab, frame))
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert lab.player.asked == [1, -1]


def test_a_tooltip_has_all_digits(shown: Shown) -> None:
    for source in ("xor", "spiral-3"):
        lab, frame, _ = trained(source)
        view = plane_of(shown(lab, frame))
        row = int(lab.document.prepared.train_rows[1])
        place = lab.document.prepared.dataset.x[row]
        words = view.words_at(QPointF(*view.axes.place(*place)))
        answer = predictions(lab, frame, place[None, :])[0]
        assert "training example 2" in words
        assert format_exact(float(answer.max())) in words


def test_a_costly_network_gets_a_coarser_picture(shown: Shown) -> None:
    lab, _, trainer = trained("moons", epochs=0)
    cheap = plane_of(shown(lab, trainer.frame()))
    assert cheap.image is not None
    wide, wide_frame, _ = trained("moons", (120, 120), epochs=0)
    costly = plane_of(shown(wide, replace(wide_frame, rate=100.0)))
    assert costly.image is not None
    assert costly.image.width() == 16 < cheap.image.width()


# ---- one input


@pytest.mark.parametrize("source", ["sine"])
def test_the_line_is_the_prediction(shown: Shown, source: str) -> None:
    lab, frame, _ = trained(source)
    view = shown(lab, frame).view
    assert isinstance(view, Fit)
    image = view.grab().toImage()
    for x in np.linspace(*view.axes.x, 9)[1:-1]:
        answer = predictions(lab, frame, np.array([[x]]))[0, 0]
        at = view.axes.place(x, answer)
        assert shows(image, at[0], at[1], theme.current().text)


def test_the_line_breaks_where_it_is_no_number(shown: Shown) -> None:
    lab, frame, _ = trained("sine", epochs=0)
    panel = shown(lab, replace(frame, theta=np.full_like(frame.theta, np.nan)))
    image = panel.grab().toImage()
    assert not image.isNull()
    panel.show_frame(replace(frame, theta=1e200 * frame.theta))
    panel.grab()


# ---- many inputs


@pytest.mark.parametrize("source", ["iris", "wine", "breast-cancer"])
def test_the_confusion_is_counted_right(shown: Shown, source: str) -> None:
    lab, frame, trainer = trained(source)
    panel = shown(lab, frame)
    view, prepared = panel.view, lab.document.prepared
    assert isinstance(view, Confusion)
    labels, classes = prepared.dataset.labels(), len(prepared.dataset.class_names)
    trainer.score()
    for part, rows, score in (
        (Part.TEST, prepared.test_rows, trainer.test),
        (Part.TRAIN, prepared.train_rows, trainer.train),
    ):
        panel.part.button(part).click()
        panel.show_frame(frame)
        answers = predictions(lab, frame, prepared.dataset.x[rows])
        decided = answers[:, 0] > 0.5 if answers.shape[1] == 1 else answers.argmax(axis=1)
        expected = np.zeros((classes, classes), int)
        np.add.at(expected, (labels[rows], decided.astype(int)), 1)
        assert view.counts is not None
        assert np.array_equal(view.counts, expected)
        assert view.counts.trace() / view.counts.sum() == pytest.approx(score.accuracy)
        assert f"{view.counts.trace():,} of {len(rows):,} right" in view.summary()


def test_without_test_data_the_training_data_are_counted(shown: Shown) -> None:
    lab, frame, _ = trained("iris")
    old = lab.document.project
    data = replace(default_settings("iris"), test_share=0.0)
    lab.document.edit("no test data", with_data(old, load(data), data))
    panel = shown(lab)
    assert not panel.part.isVisible()
    assert panel.view is not None
    assert panel.view.part is Part.TRAIN
    panel.show_frame(frame)
    assert isinstance(panel.view, Confusion)


def test_answers_that_are_no_numbers_are_counted_apart(shown: Shown) -> None:
    lab, frame, _ = trained("iris", epochs=0)
    view = shown(lab, replace(frame, theta=np.full_like(frame.theta, np.nan))).view
    assert isinstance(view, Confusion)
    assert view.counts is not None
    assert view.counts.sum() == 0
    assert "45 not a number" in view.summary()
    assert decide(Task.BINARY, np.array([[0.5], [0.6], [np.nan]])).tolist() == [0, 1, -1]


def test_a_click_on_a_cell_goes_through_its_examples(shown: Shown) -> None:
    lab, frame, _ = trained("iris", epochs=30)
    view = shown(lab, frame).view
    assert isinstance(view, Confusion)
    assert view.counts is not None
    labels = lab.document.prepared.dataset.labels()[lab.document.prepared.test_rows]
    answers = predictions(lab, frame, lab.document.prepared.dataset.x[lab.document.prepared.test_rows])
    members = np.flatnonzero((labels == 0) & (answers.argmax(axis=1) == 0))
    at = view.cell_rect(0, 0).center()
    click(view, at.x(), at.y())
    assert lab.player.asked == [Probe(Part.TEST, int(members[0]))]
    view.probe = Probe(Part.TEST, int(members[0]))
    click(view, at.x(), at.y())
    assert lab.player.asked[-1] == Probe(Part.TEST, int(members[1]))
    view.probe = Probe(Part.TEST, int(members[-1]))
    click(view, at.x(), at.y())
    assert lab.player.asked[-1] == Probe(Part.TEST, int(members[0]))
    assert "taken for" in view.words_at(at)


def test_predictions_stand_over_their_targets(shown: Shown) -> None:
    lab, frame, _ = trained("teacher")
    panel = shown(lab, frame)
    view, prepared = panel.view, lab.document.prepared
    assert isinstance(view, Agreement)
    for output in range(prepared.dataset.t.shape[1]):
        panel.output.setCurrentIndex(output)
        panel.output.activated.emit(output)
        panel.show_frame(frame)
        answers = predictions(lab, frame, prepared.dataset.x)[:, output]
        targets = prepared.dataset.t[:, output]
        for part, rows in ((Part.TRAIN, prepared.train_rows), (Part.TEST, prepared.test_rows)):
            assert view.predictions[part] == pytest.approx(answers[rows])
            rms = np.sqrt(np.mean((answers[rows] - targets[rows]) ** 2))
            assert view.errors[part] == pytest.approx(rms)
    image = view.grab().toImage()
    row = prepared.test_rows[0]
    at = view.axes.place(targets[row], np.clip(answers[row], *view.axes.y))
    assert shows(image, at[0], at[1], theme.current().test, reach=4)


# ---- what belongs together


def test_frames_of_other_data_are_passed_over(shown: Shown) -> None:
    lab, frame, _ = trained("moons")
    for source in ("circle", "iris", "sine"):
        _, other, _ = trained(source, epochs=1)
        panel = shown(lab, other)
        assert plane_of(panel).image is None
        panel.show_frame(frame)
        before = plane_of(panel).image
        panel.show_frame(other)
        assert plane_of(panel).image is before


def test_the_old_picture_stays_until_a_frame_belongs_to_the_new_data(shown: Shown) -> None:
    lab, frame, trainer = trained("moons")
    panel = shown(lab, frame)
    old, prepared = lab.document.project, lab.document.prepared
    data = replace(old.data, noise=0.3)
    lab.document.edit("noise", with_data(old, load(data), data))
    panel.sync(old, lab.document.project)
    panel.show_frame(trainer.frame())
    assert plane_of(panel).prepared is prepared
    panel.show_frame(trainer_of(lab.document.project, lab.document.prepared).frame())
    assert plane_of(panel).prepared is lab.document.prepared


def test_other_columns_empty_the_picture_at_once(shown: Shown) -> None:
    lab, frame, _ = trained("moons")
    panel = shown(lab, frame)
    old = lab.document.project
    data = default_settings("iris")
    lab.document.edit("iris", with_data(old, load(data), data))
    panel.sync(old, lab.document.project)
    assert isinstance(panel.view, Confusion)
    assert panel.view.counts is None
    assert [view for view in panel.findChildren(View) if view.isVisible()] == [panel.view]
    panel.show_frame(frame)
    assert panel.view.counts is None


def test_single_precision_is_shown_too(shown: Shown) -> None:
    lab, frame, _ = trained("moons", precision="float32")
    assert frame.theta.dtype == np.float32
    assert plane_of(shown(lab, frame)).image is not None


def test_a_frame_from_before_a_change_of_the_loss_is_shown_with_its_own(shown: Shown) -> None:
    lab, frame, _ = trained("iris")
    panel = shown(lab, frame)
    view = panel.view
    assert isinstance(view, Confusion)
    old, counts = lab.document.project, view.counts
    lab.document.edit("loss", replace(old, training=replace(old.training, loss="mean-squared")))
    asked: list[object] = []
    softmax = frame.loss.predict
    own = replace(frame.loss, predict=lambda a: (asked.append(a), softmax(a))[1])
    panel.show_frame(replace(frame, loss=own))
    assert asked
    assert np.array_equal(view.counts, counts)


def test_what_is_hidden_is_not_calculated_and_catches_up(shown: Shown) -> None:
    lab, frame, _ = trained("moons")
    panel = shown(lab)
    panel.hide()
    panel.show_frame(frame)
    assert plane_of(panel).image is None
    lab.player.frame = frame
    panel.show()
    assert plane_of(panel).image is not None


def test_large_data_are_an_even_selection_and_said_to_be(shown: Shown) -> None:
    lab, _ = a_lab("moons")
    old = lab.document.project
    data = replace(old.data, examples=5000)
    lab.document.edit("more", with_data(old, load(data), data))
    view = plane_of(shown(lab))
    assert view.points.note == "1,500 of 5,000 examples drawn"
    view.grab()
