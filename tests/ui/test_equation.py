"""The equation strip: the arithmetic shown gives the number shown, and that number is the model's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.engine import LOSSES
from backprop_gui.engine.frame import Frame, Probe
from backprop_gui.engine.operations.operation import Equation
from backprop_gui.engine.operations.text import write_value
from backprop_gui.engine.operations.worked import worked_example
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import Kind
from backprop_gui.project import Project, trainer_of
from backprop_gui.ui import theme
from backprop_gui.ui.canvas.views import View
from backprop_gui.ui.document import Document
from backprop_gui.ui.equation import EquationStrip
from backprop_gui.ui.numbers import format_number
from backprop_gui.ui.operation_words import equations_at
from backprop_gui.ui.panel import Lab
from backprop_gui.ui.player import Player
from backprop_gui.ui.selection import Key, Selection
from tests.ui.conftest import a_project

After = Callable[..., Frame]


def a_frame(project: Project, epochs: int = 3) -> Frame:
    document = Document(project)
    trainer: Trainer = trainer_of(project, document.prepared)
    for _ in range(epochs):
        trainer.advance_epoch()
    return trainer.frame(Probe())


@pytest.fixture(scope="module")
def project() -> Project:
    return a_project("xor-clouds", (3,))


@pytest.fixture(scope="module")
def frame(project: Project, qapp: QApplication) -> Frame:
    return a_frame(project)


def at(frame: Frame, key: Key | None, view: View, project: Project) -> tuple[Equation, ...]:
    return equations_at(worked_example(frame, project.training, project.conventions), key, view)


def test_neurons_end_in_the_models_numbers(frame: Frame, project: Project) -> None:
    column, slot = frame.plan.column, frame.plan.slot
    for neuron in frame.plan.network.neurons:
        if neuron.kind is Kind.INPUT:
            for view in View:
                assert at(frame, neuron.id, view, project) == ()
            continue
        sums, activation = at(frame, neuron.id, View.FORWARD, project)
        assert sums.result == frame.trace.z[0, column[neuron.id]]
        assert activation.result == frame.trace.a[0, column[neuron.id]]
        for view in (View.BACKWARD, View.CHECK):
            assert at(frame, neuron.id, view, project)[-1].result == frame.trace.delta[0, column[neuron.id]]
        step, new = at(frame, neuron.id, View.UPDATE, project)
        assert step.result == frame.update[slot[neuron.id]]
        assert new.result == frame.theta[slot[neuron.id]] + frame.update[slot[neuron.id]]
        assert new.relation == "←"


def test_edges_end_in_the_models_numbers(frame: Frame, project: Project) -> None:
    plan = frame.plan
    for edge in plan.network.edges:
        key = edge.source, edge.target
        (forward,), (backward,) = (at(frame, key, view, project) for view in (View.FORWARD, View.BACKWARD))
        assert forward.result == frame.trace.z[0, plan.column[edge.target]]
        assert backward.result == frame.trace.grad[plan.slot[key]]
        assert (
            at(frame, key, View.UPDATE, project)[-1].result
            == frame.theta[plan.slot[key]] + frame.update[plan.slot[key]]
        )


def test_a_bias_that_is_not_there_takes_no_step(frame: Frame, project: Project) -> None:
    neuron = replace(project.network.neurons[-1], bias=None)
    without = replace(project, network=project.network.with_neurons([neuron]))
    assert at(a_frame(without, epochs=0), neuron.id, View.UPDATE, without) == ()


def test_what_is_not_there_has_no_equation(frame: Frame, project: Project) -> None:
    for view in View:
        for key in (999, (1, 999)):
            assert at(frame, key, view, project) == ()
    assert at(frame, None, View.FORWARD, project)[0].result == frame.trace.losses[0]
    assert at(frame, None, View.BACKWARD, project) == ()


# ---- the strip


@pytest.fixture
def strip(qtbot: QtBot, qapp: QApplication, document: Document, player: Player) -> Iterator[EquationStrip]:
    theme.apply(qapp, False)
    strip = EquationStrip(Lab(document, player, Selection()))
    qtbot.addWidget(strip)
    strip.resize(900, strip.sizeHint().height())
    strip.show()
    qtbot.waitUntil(lambda: player.frame is not None)
    yield strip
    strip.close()


def frame_of(player: Player) -> Frame:
    frame = player.frame
    assert frame is not None
    return frame


def test_it_ends_in_the_models_number(strip: EquationStrip, player: Player) -> None:
    frame = frame_of(player)
    neuron = frame.plan.network.neurons[3]
    strip.show_equation(frame, neuron.id, View.BACKWARD)
    delta = float(frame.trace.delta[0, frame.plan.column[neuron.id]])
    assert strip.text.splitlines()[-1].endswith(f" = {write_value(delta, 4)}")
    assert strip.text.splitlines()[-1].startswith("δ_h2 = f′(z_h2) · w_h2→ŷ δ_ŷ")
    assert strip.view.page.marks[-1].quantity.value == delta


@pytest.mark.parametrize("view", [View.FORWARD, View.BACKWARD, View.UPDATE])
def test_it_folds_instead_of_being_cut(strip: EquationStrip, player: Player, view: View) -> None:
    frame = frame_of(player)
    output = frame.plan.network.outputs[0]
    widths = []
    for width in (1200, 700, 520, 400, 330):
        strip.resize(width, strip.height())
        strip.show_equation(frame, output.id, view)
        page = strip.view.page
        assert page.width <= strip.view.width()
        assert page.height <= strip.view.height()
        widths.append(page.width)
        # The result is never left out.
        assert page.marks[-1].quantity.value == strip.view.equations[-1].result
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[-1]


def test_it_unfolds_only_for_another_subject(strip: EquationStrip, player: Player, next_frame: After) -> None:
    strip.resize(430, strip.height())
    output = frame_of(player).plan.network.outputs[0]

    def form_of(key: Key | None, view: View) -> int:
        strip.show_equation(frame_of(player), key, view)
        assert strip.view.page.width <= strip.view.width()
        return strip.view._form

    form = form_of(output.id, View.FORWARD)
    assert form > 0
    for _ in range(3):
        next_frame(player.step)
        later = form_of(output.id, View.FORWARD)
        assert later >= form
        form = later
    # What was folded for one subject does not stay folded for another one.
    strip.resize(900, strip.height())
    assert form_of(output.id, View.UPDATE) == 0


def test_without_a_selection_it_says_what_to_do(strip: EquationStrip, player: Player) -> None:
    strip.show_equation(frame_of(player), None, View.UPDATE)
    assert strip.text == "w ← w − η g     select a weight to see its step"
    strip.show_equation(frame_of(player), None, View.BACKWARD)
    assert "select a neuron" in strip.text
    strip.show_equation(frame_of(player), frame_of(player).plan.network.inputs[0].id, View.BACKWARD)
    assert strip.text == "x₁ is an input: it comes from the data"
    strip.clear()
    assert strip.text == ""


def test_it_shows_the_operation_that_is_stepped(strip: EquationStrip, player: Player) -> None:
    scope = strip._lab.microscope
    scope.first()
    strip.show_equation(frame_of(player), None, View.UPDATE)
    assert strip.text.startswith("z_h1 = ")
    scope.leave()
    strip.show_equation(frame_of(player), None, View.UPDATE)
    assert strip.text.startswith("w ← w")


def test_terms_are_linked(strip: EquationStrip, player: Player) -> None:
    network = frame_of(player).plan.network
    edge = network.edges[0]
    key = edge.source, edge.target
    strip.show_equation(frame_of(player), key, View.BACKWARD)
    told: list[frozenset[Key]] = []
    strip._lab.microscope.pointed.connect(told.append)
    view = strip.view
    mark = next(mark for mark in view.page.marks if mark.quantity.key == edge.target)
    QTest.mouseMove(view, (mark.rect.center() + view._corner()).toPoint())
    assert told == [{edge.target}]


def test_the_check_holds_until_the_numbers_change(
    strip: EquationStrip, player: Player, next_frame: After, qtbot: QtBot
) -> None:
    frame = frame_of(player)
    key = (frame.plan.network.edges[0].source, frame.plan.network.edges[0].target)
    strip.show_equation(frame, key, View.BACKWARD)
    QTest.mouseClick(strip.chip, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: strip.chip.check is not None)
    check = strip.chip.check
    assert check is not None
    assert check.passed
    assert check.claimed.tolist() == frame.trace.grad[frame.plan.slots].tolist()
    assert strip.chip.text() == f"✓ checked, {format_number(check.max_relative_error, 1)}"
    assert strip.chip.tone == "good"
    for words in ("17 derivatives", "complex step", "relative error", "The weight x1 → h1"):
        assert words in strip.chip.toolTip()
    next_frame(player.step, accept=lambda new: new.step > frame.step)
    strip.show_equation(frame_of(player), key, View.BACKWARD)
    assert strip.chip.text() == "✓ checked at step 0"
    assert strip.chip.tone == ""


def test_a_check_holds_for_the_same_numbers_only(strip: EquationStrip, player: Player, qtbot: QtBot) -> None:
    frame = frame_of(player)
    strip.show_equation(frame, None, View.BACKWARD)
    strip.chip.click()
    qtbot.waitUntil(lambda: strip.chip.check is not None)
    moved = replace(frame.trace, grad=frame.trace.grad + 1)
    others = [
        replace(frame, theta=frame.theta + 1),
        replace(frame, trace=moved),
        replace(frame, probe=Probe(index=3)),
        replace(frame, probe=Probe(index=3), step=3),
    ]
    for other in others:
        strip.show_equation(other, None, View.BACKWARD)
        assert strip.chip.text() == "check gradient"
        assert strip.chip.tone == ""
        strip.show_equation(replace(frame, step=7), None, View.BACKWARD)
        assert strip.chip.tone == "good"


@pytest.mark.parametrize("change", ["begun anew", "network", "loss", "data"])
def test_a_check_of_another_run_is_forgotten(
    strip: EquationStrip, player: Player, qtbot: QtBot, change: str
) -> None:
    frame = replace(frame_of(player), step=3188)
    network = frame.plan.network
    smaller = network.with_neurons([replace(network.neurons[-1], activation="relu")])
    others = {
        "begun anew": replace(frame, step=0, theta=frame.theta + 1),
        "network": replace(frame, plan=replace(frame.plan, network=smaller), step=3189),
        "loss": replace(frame, loss=LOSSES["half-squared"]),
        "data": replace(frame, trace=replace(frame.trace, x=frame.trace.x + 1), step=3189),
    }
    strip.show_equation(frame, None, View.BACKWARD)
    strip.chip.click()
    qtbot.waitUntil(lambda: strip.chip.check is not None)
    strip.show_equation(others[change], None, View.BACKWARD)
    assert strip.chip.text() == "check gradient"
    strip.show_equation(replace(frame, step=4000, theta=frame.theta + 2), None, View.BACKWARD)
    assert strip.chip.text() == "check gradient"


def test_a_check_that_ends_after_its_run_is_forgotten_too(
    strip: EquationStrip, player: Player, qtbot: QtBot
) -> None:
    frame = frame_of(player)
    strip.show_equation(replace(frame, step=3188), None, View.BACKWARD)
    strip.chip.click()
    strip.show_equation(replace(frame, theta=frame.theta + 1), None, View.BACKWARD)
    qtbot.waitUntil(lambda: strip.chip.text() != "checking …")
    assert strip.chip.text() == "check gradient"
    assert strip.chip.check is None


def test_a_check_is_of_the_frames_own_loss(strip: EquationStrip, player: Player, qtbot: QtBot) -> None:
    frame, project = frame_of(player), strip._lab.document.project
    other = replace(project, training=replace(project.training, loss="half-squared"))
    strip._lab.document.edit("loss", other)
    strip.show_equation(frame, None, View.BACKWARD)
    strip.chip.click()
    qtbot.waitUntil(lambda: strip.chip.check is not None)
    assert strip.chip.tone == "good"


def test_a_wrong_gradient_is_called_wrong(strip: EquationStrip, player: Player, qtbot: QtBot) -> None:
    frame = frame_of(player)
    wrong = frame.trace.grad.copy()
    wrong[frame.plan.slots[0]] *= 2
    strip.show_equation(replace(frame, trace=replace(frame.trace, grad=wrong)), None, View.BACKWARD)
    strip.chip.setFocus()
    QTest.keyClick(strip.chip, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: strip.chip.check is not None)
    assert strip.chip.text() == "✗ wrong by 0.5"
    assert strip.chip.tone == "bad"


def test_a_check_can_be_given_up(strip: EquationStrip, player: Player, qtbot: QtBot) -> None:
    strip.show_equation(frame_of(player), None, View.BACKWARD)
    QTest.mouseClick(strip.chip, Qt.MouseButton.LeftButton)
    assert strip.chip.text() == "checking …"
    QTest.mouseClick(strip.chip, Qt.MouseButton.LeftButton)
    assert strip.chip.text() == "check gradient"
    qtbot.wait(60)
    assert strip.chip.check is None


@pytest.mark.parametrize("dark", [False, True])
def test_the_chip_is_painted_in_the_themes_colors(
    strip: EquationStrip, player: Player, qtbot: QtBot, qapp: QApplication, dark: bool
) -> None:
    look = theme.apply(qapp, dark)
    try:
        strip.show_equation(frame_of(player), None, View.BACKWARD)
        strip.chip.click()
        qtbot.waitUntil(lambda: strip.chip.tone == "good")
        image = strip.chip.grab().toImage()
        assert image.pixelColor(image.width() // 2, 3) == look.good_tint
    finally:
        theme.apply(qapp, False)
