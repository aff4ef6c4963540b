"""The equation strip: the arithmetic shown gives the number shown, and that number is the model's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.engine import ACTIVATIONS, LOSSES
from backprop_gui.engine.frame import Frame, Probe
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import Kind
from backprop_gui.project import Project, trainer_of
from backprop_gui.ui import theme
from backprop_gui.ui.canvas.views import View
from backprop_gui.ui.document import Document
from backprop_gui.ui.equation import EquationStrip
from backprop_gui.ui.equations import EQUALS, Equation, equation_of
from backprop_gui.ui.numbers import format_exact, format_number
from backprop_gui.ui.panel import Lab
from backprop_gui.ui.player import Player
from backprop_gui.ui.selection import Selection
from tests.ui.conftest import a_project

After = Callable[..., Frame]


def a_frame(project: Project, epochs: int = 3) -> Frame:
    document = Document(project)
    trainer: Trainer = trainer_of(project, document.prepared)
    for _ in range(epochs):
        trainer.advance_epoch()
    return trainer.frame(Probe())


def value_of(arithmetic: str) -> float:
    """Work out what an equation's numbers say; only signs, products, sums and functions of one number occur."""
    text = arithmetic.rpartition(EQUALS)[2].replace("−", "-").replace("·10", "e").replace("·", "*")
    digits = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    text = re.sub(r"e([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", lambda match: "e" + match[1].translate(digits), text)
    functions = {"tanh": lambda z: _applied("tanh", z), "sigmoid": lambda z: _applied("sigmoid", z)}
    return float(eval(text, {"__builtins__": {}}, functions))


def _applied(name: str, z: float) -> float:

    out = np.empty(1)
    ACTIVATIONS[name].function(np.array([z]), out)
    return float(out[0])


def plain(rich: str) -> str:
    document = QTextDocument()
    document.setHtml(rich)
    return document.toPlainText().replace("\u00a0", " ")


@pytest.fixture(scope="module")
def project() -> Project:
    return a_project("xor-clouds", (3,))


@pytest.fixture(scope="module")
def frame(project: Project, qapp: QApplication) -> Frame:
    return a_frame(project)


def test_forward_and_backward_numbers_give_the_models_results(frame: Frame, project: Project) -> None:
    network, column = frame.plan.network, frame.plan.column
    for neuron in network.neurons:
        forward = equation_of(frame, neuron.id, View.FORWARD, project.training)
        backward = equation_of(frame, neuron.id, View.BACKWARD, project.training)
        assert forward.result == frame.trace.a[0, column[neuron.id]]
        assert backward.result == frame.trace.delta[0, column[neuron.id]]
        for equation in (forward, backward):
            for numbers in equation.numbers:
                if numbers and "…" not in numbers:
                    assert value_of(numbers) == pytest.approx(equation.result, rel=2e-2, abs=2e-3)


def test_edges_in_all_views(frame: Frame, project: Project) -> None:
    plan, trace = frame.plan, frame.trace
    for edge in plan.network.edges:
        key = edge.source, edge.target
        slot = plan.slot[key]
        forward, backward, update = (
            equation_of(frame, key, view, project.training)
            for view in (View.FORWARD, View.BACKWARD, View.UPDATE)
        )
        assert forward.result == frame.theta[slot] * trace.a[0, plan.column[edge.source]]
        assert backward.result == trace.grad[slot]
        assert backward.result == pytest.approx(
            trace.delta[0, plan.column[edge.target]] * trace.a[0, plan.column[edge.source]], rel=1e-12
        )
        assert update.result == frame.theta[slot] + frame.update[slot]
        assert update.relation == "←"
        assert update.note == "w ← w − η g"
        for equation in (forward, backward, update):
            assert value_of(equation.numbers[0]) == pytest.approx(equation.result, rel=2e-3, abs=1e-5)


def test_what_is_frozen_has_its_true_gradient_and_no_step(frame: Frame, project: Project) -> None:
    edge = project.network.edges[0]
    key = edge.source, edge.target
    network = project.network.with_edges([replace(edge, frozen=True)])
    still = a_frame(replace(project, network=network), epochs=0)
    free = a_frame(project, epochs=0)
    slot = still.plan.slot[key]
    assert still.trace.grad[slot] == free.trace.grad[slot] != 0
    assert still.update[slot] == 0 != free.update[slot]
    equation = equation_of(still, key, View.BACKWARD, project.training)
    assert value_of(equation.numbers[0]) == pytest.approx(equation.result, rel=2e-3)
    assert equation.result == still.trace.grad[slot]
    assert "frozen" in equation.note


@pytest.mark.parametrize("loss", list(LOSSES))
@pytest.mark.parametrize("activation", ["identity", "sigmoid", "tanh"])
def test_outputs_of_every_loss(qapp: QApplication, loss: str, activation: str) -> None:
    project = a_project("teacher", (3,), loss="half-squared")
    network = project.network.with_activation([n.id for n in project.network.outputs], activation)
    training = replace(project.training, loss=loss, learning_rate=1e-4)
    frame = a_frame(replace(project, network=network, training=training), epochs=0)
    for output in frame.plan.network.outputs:
        equation = equation_of(frame, output.id, View.BACKWARD, training)
        delta = float(frame.trace.delta[0, frame.plan.column[output.id]])
        assert equation.result == delta or (delta != delta and equation.result != equation.result)
        fused = LOSSES[loss].fused
        if fused is not None and fused.activation == activation:
            assert "cancels" in equation.note
        elif delta == delta and abs(delta) < 1e6:
            assert equation.symbols
            assert ("f′" in equation.symbols) == (activation != "identity")


def test_the_textbooks_output_delta_in_numbers(qapp: QApplication) -> None:
    project = a_project("sine", (3,), loss="half-squared")
    frame = a_frame(project)
    output = frame.plan.network.outputs[0]
    equation = equation_of(frame, output.id, View.BACKWARD, project.training)
    a, t = float(frame.trace.a[0, frame.plan.column[output.id]]), float(frame.trace.t[0, 0])
    assert equation.symbols == "a − t"
    assert value_of(equation.numbers[0]) == pytest.approx(a - t, abs=1e-3)


def test_the_arithmetic_is_of_the_frames_own_loss(frame: Frame, project: Project) -> None:
    output = frame.plan.network.outputs[0].id
    other = replace(project.training, loss="sum-squared")
    for key, view in ((output, View.BACKWARD), (None, View.FORWARD)):
        assert equation_of(frame, key, view, other) == equation_of(frame, key, view, project.training)
    assert equation_of(frame, output, View.BACKWARD, other).symbols


def test_numbers_that_have_blown_up_show_no_wrong_arithmetic(qapp: QApplication) -> None:
    project = a_project("sine", (3,), loss="half-squared")
    document = Document(project)
    trainer = trainer_of(project, document.prepared)
    trainer.theta[:] = np.nan
    with np.errstate(all="ignore"):
        frame = trainer.frame(Probe())
    equation = equation_of(frame, frame.plan.network.outputs[0].id, View.BACKWARD, project.training)
    assert equation.result != equation.result
    assert equation.symbols == ""
    assert set(equation.numbers) == {""}


def test_an_output_that_feeds_on_adds_both_ways(qapp: QApplication) -> None:
    project = a_project("teacher", (2,), loss="half-squared")
    first, second = project.network.outputs
    network = project.network.connect(first.id, second.id, 0.7)
    frame = a_frame(replace(project, network=network), epochs=1)
    equation = equation_of(frame, first.id, View.BACKWARD, project.training)
    assert equation.symbols.startswith("a − t + f′(z")
    assert value_of(equation.numbers[0]) == pytest.approx(equation.result, rel=1e-2, abs=1e-3)


def test_long_sums_keep_their_first_and_last_terms(qapp: QApplication) -> None:
    project = a_project("digits", (4,))
    frame = a_frame(project, epochs=0)
    neuron = next(n for n in frame.plan.network.neurons if n.kind is Kind.HIDDEN)
    numbers = equation_of(frame, neuron.id, View.FORWARD, project.training).numbers
    last = frame.plan.network.incoming[neuron.id][-1]
    weight = abs(float(frame.theta[frame.plan.slot[last.source, last.target]]))
    assert numbers[0].count(" · ") == 3
    assert f"… + {format_number(weight, 4)}" in numbers[0] or f"… − {format_number(weight, 4)}" in numbers[0]
    assert numbers[2].count("…") == 1
    assert "…" not in numbers[3]


def test_names_from_data_cannot_be_markup(qapp: QApplication) -> None:
    project = a_project("iris", (2,))
    named = replace(project.network.inputs[0], name="<b>&</b>")
    frame = a_frame(replace(project, network=project.network.with_neurons([named])), epochs=0)
    equation = equation_of(frame, named.id, View.FORWARD, project.training)
    assert "<b>&</b>" in plain(equation.left)


def test_what_is_not_there_has_no_equation(frame: Frame, project: Project) -> None:
    for view in View:
        for key in (999, (1, 999)):
            assert equation_of(frame, key, view, project.training) == Equation()
        assert equation_of(frame, None, view, project.training).left


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
    assert strip.text.endswith(f"<b>{format_number(delta, 4)}</b>")
    assert plain(strip.text).startswith("δh₂ = f′(zh₂) · wh₂→ŷ δŷ")
    assert strip._label.toolTip() == format_exact(delta)


@pytest.mark.parametrize("view", list(View))
def test_it_folds_instead_of_being_cut(strip: EquationStrip, player: Player, view: View) -> None:
    frame = frame_of(player)
    output = frame.plan.network.outputs[0]
    lengths = []
    for width in (1200, 700, 520, 400, 330):
        strip.resize(width, strip.height())
        strip.show_equation(frame, output.id, view)
        assert strip._label.sizeHint().width() <= strip._label.width()
        lengths.append(len(plain(strip.text)))
        result = equation_of(frame, output.id, view, strip._lab.document.project.training).result
        assert result is not None
        assert "<b>" in strip.text
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > lengths[-1]


def test_it_unfolds_only_for_another_subject(strip: EquationStrip, player: Player, next_frame: After) -> None:
    strip.resize(520, strip.height())
    output = frame_of(player).plan.network.outputs[0]
    strip.show_equation(frame_of(player), output.id, View.FORWARD)
    form = strip._form
    assert form > 0
    for _ in range(3):
        next_frame(player.step)
        strip.show_equation(frame_of(player), output.id, View.FORWARD)
        assert strip._form >= form
        form = strip._form
    strip.show_equation(frame_of(player), None, View.UPDATE)
    assert strip._form == 0


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
    for words in ("17 derivatives", "complex step", check.worst, "The weight x1 → h1"):
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
