"""The panel "Over time": its numbers are those of each moment, and a click on it goes there."""

from __future__ import annotations

import csv
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.engine.reading import names
from backprop_gui.engine.settings import Reduction
from backprop_gui.engine.trails import FEWEST_MOMENTS, Track, Trails, trails, work_of
from backprop_gui.network import Edge, Key
from backprop_gui.ui import theme
from backprop_gui.ui.document import Document
from backprop_gui.ui.numbers import format_exact
from backprop_gui.ui.over_time import LINES, shown_of, words_of
from backprop_gui.ui.panels.over_time import NOTHING_SELECTED, OverTimePanel
from backprop_gui.ui.player import Player, Unit
from backprop_gui.ui.plots.strip_head import NO_NUMBER
from tests.ui.conftest import a_project
from tests.ui.panel_lab import place
from tests.ui.plot_lab import move_mouse, shows

After = Callable[..., Frame]
LEFT = Qt.MouseButton.LeftButton
UPDATES = 6


@pytest.fixture
def panel(
    qtbot: QtBot, document: Document, player: Player, next_frame: After, qapp: QApplication
) -> OverTimePanel:
    """The panel after some updates, an epoch each, with nothing selected."""
    panel = place(qtbot, document, player, OverTimePanel, (1000, 240))
    qtbot.waitUntil(lambda: panel.plot is not None)
    train(player, next_frame)
    return panel


def train(player: Player, next_frame: After, updates: int = UPDATES) -> Frame:
    for _ in range(updates):
        assert player.frame is not None
        step = player.frame.step + 1
        frame = next_frame(player.step, accept=lambda frame, s=step: frame.step == s and frame.rate == 0)
    return frame


def an_edge(document: Document, index: int = 2) -> Key:
    edge = document.project.network.edges[index]
    return edge.source, edge.target


def select(panel: OverTimePanel, qtbot: QtBot, *keys: Key) -> None:
    panel.lab.selection.set(frozenset(keys), keys[0])
    wanted = shown_of(panel.lab.document.project.network, set(keys), keys[0])
    qtbot.waitUntil(lambda: panel.trails is not None and panel.trails.keys == wanted)


def steps(panel: OverTimePanel) -> list[int]:
    return [] if panel.trails is None else panel.trails.steps.tolist()


def numbers(panel: OverTimePanel) -> list[str]:
    """The exact numbers of the first curve that are shown."""
    return [head.numbers[0] for head in panel.plot.heads]


def titles(panel: OverTimePanel) -> list[str]:
    return [head.title for head in panel.plot.heads]


def test_with_nothing_selected_it_says_what_to_do(panel: OverTimePanel) -> None:
    assert panel.hint.isVisible()
    assert panel.hint.text() == NOTHING_SELECTED
    assert not panel.plot.isVisible()
    assert not panel.copy.isVisible()


def test_an_edge_over_time_is_what_every_frame_of_it_says(
    panel: OverTimePanel, document: Document, player: Player, next_frame: After, qtbot: QtBot
) -> None:
    player.look_at(Probe(Part.TRAIN, 2))
    edge = an_edge(document)
    select(panel, qtbot, edge)
    qtbot.waitUntil(lambda: "training example 3" in panel.words.whole)
    assert not panel.hint.isVisible()
    assert steps(panel) == list(range(UPDATES + 1))
    assert titles(panel) == ["weight w", "gradient ∂L/∂w", "δ of h₂", "activation a of x₁"]
    for step in (UPDATES - 2, 0):
        past = player.past
        frame = next_frame(lambda p=past, s=step: p.look_at_step(s), accept=lambda f, s=step: f.step == s)
        plan, slot = frame.plan, frame.plan.slot[edge]
        wanted = [
            frame.theta[slot],
            frame.trace.grad[slot],
            frame.trace.delta[0, plan.column[edge[1]]],
            frame.trace.a[0, plan.column[edge[0]]],
        ]
        qtbot.waitUntil(lambda w=wanted: numbers(panel) == [format_exact(float(number)) for number in w])
        assert panel.words.whole.startswith(f"update {step}, epoch {step}")


def test_new_updates_come_to_it(
    panel: OverTimePanel, document: Document, player: Player, next_frame: After, qtbot: QtBot
) -> None:
    select(panel, qtbot, an_edge(document))
    frame = train(player, next_frame, 2)
    qtbot.waitUntil(lambda: steps(panel)[-1] == frame.step)
    next_frame(player.reset, accept=lambda frame: frame.step == 0)
    qtbot.waitUntil(lambda: steps(panel) == [0])


def test_the_crosshair_goes_through_all_and_reads_exactly(
    panel: OverTimePanel, document: Document, qtbot: QtBot
) -> None:
    select(panel, qtbot, an_edge(document))
    strip = panel.plot.strips[1]
    at = strip.place(4.0, 0.5)
    move_mouse(strip.viewport(), at.x(), at.y())
    assert [each.index for each in panel.plot.strips] == [4] * len(Track)
    wanted = [format_exact(float(panel.trails.tracks[track][0, 4])) for track in Track]
    assert numbers(panel) == wanted
    assert wanted[2] in panel.plot.heads[2].toolTip()
    assert panel.words.whole.startswith("update 4, epoch 4")
    QApplication.sendEvent(strip, QEvent(QEvent.Type.Leave))
    assert panel.plot.index == -1
    assert panel.words.whole.startswith(f"update {UPDATES}")
    first = panel.plot.strips[0]
    QTest.keyClick(first, Qt.Key.Key_Home)
    assert [each.index for each in panel.plot.strips] == [0] * len(Track)


def test_a_click_or_enter_goes_to_the_moment(
    panel: OverTimePanel, document: Document, next_frame: After, qtbot: QtBot
) -> None:
    select(panel, qtbot, an_edge(document))
    strip = panel.plot.strips[2]
    at = strip.place(3.0, 0.6)
    where = QPoint(round(at.x()), round(at.y()))
    frame = next_frame(lambda: QTest.mouseClick(strip.viewport(), LEFT, pos=where), accept=lambda f: f.past)
    assert frame.step == 3
    # All of the run is still drawn, and what comes after the moment is faded.
    assert steps(panel)[-1] == UPDATES
    assert [each._shown for each in panel.plot.strips] == [3.0] * len(Track)
    QTest.keyClick(strip, Qt.Key.Key_Home)
    frame = next_frame(lambda: QTest.keyClick(strip, Qt.Key.Key_Return), accept=lambda f: f.step == 0)
    assert frame.past
    frame = next_frame(
        lambda: QTest.keyClick(strip, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier),
        accept=lambda f: f.step == 1,
    )
    end = strip.place(UPDATES, 0)
    there = QPoint(round(end.x()) + 2, round(end.y()))
    frame = next_frame(
        lambda: QTest.mouseClick(strip.viewport(), LEFT, pos=there), accept=lambda f: not f.past
    )
    assert frame.step == UPDATES


def test_a_neuron_and_an_input(panel: OverTimePanel, document: Document, qtbot: QtBot) -> None:
    network = document.project.network
    hidden = network.members[network.layers[1].id][0].id
    select(panel, qtbot, hidden)
    assert titles(panel) == ["bias b", "gradient ∂L/∂b", "δ", "activation a"]
    tracks = panel.trails.tracks
    # Of one example, the derivative by the bias is the delta.
    np.testing.assert_array_equal(tracks[Track.GRADIENT], tracks[Track.DELTA])
    select(panel, qtbot, network.inputs[0].id)
    assert numbers(panel)[:2] == [NO_NUMBER, NO_NUMBER]
    assert NO_NUMBER not in numbers(panel)[2:]


def test_no_more_edges_are_gone_through_than_are_selected(document: Document) -> None:
    class Edges(tuple):  # type: ignore[type-arg]
        gone_through = 0

        def __iter__(self) -> Iterator[Edge]:
            for edge in tuple.__iter__(self):
                self.gone_through += 1
                yield edge

    network = document.project.network
    edges = Edges(network.edges)
    drawn = SimpleNamespace(neurons=network.neurons, edges=edges)
    second = (network.edges[1].source, network.edges[1].target)
    fourth = an_edge(document, 3)
    assert shown_of(drawn, {fourth}, fourth) == (fourth,)
    assert edges.gone_through == 0
    assert shown_of(drawn, {fourth, second}, fourth) == (fourth, second)
    assert edges.gone_through == 2


def test_of_many_that_are_selected_some_are_left_out(
    panel: OverTimePanel, document: Document, qtbot: QtBot
) -> None:
    network = document.project.network
    hidden = [neuron.id for neuron in network.members[network.layers[1].id]]
    edge = an_edge(document)
    select(panel, qtbot, edge, *hidden)
    assert panel.trails.keys == (edge, *hidden[: len(LINES) - 1])
    assert "1 more is selected, but left out" in panel.words.whole
    assert panel.key.accessibleName() == "lines: x₁ → h₂, h₁, h₂, h₃"
    assert titles(panel)[0] == "weight or bias"
    assert [len(head.numbers) for head in panel.plot.heads] == [len(LINES)] * len(Track)
    panel.lab.selection.set(frozenset())
    assert panel.trails is None
    assert panel.hint.isVisible()


def test_it_says_of_which_examples_the_numbers_are(
    panel: OverTimePanel,
    document: Document,
    player: Player,
    next_frame: After,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    summed = replace(document.project.training, reduction=Reduction.SUM)
    document.edit("Sum", replace(document.project, training=summed))
    train(player, next_frame, 2)
    player.look_at(Probe(Part.ALL))
    select(panel, qtbot, an_edge(document))
    of_all = "gradient: {} all examples, delta and activation: mean of all"
    qtbot.waitUntil(lambda: panel.words.whole.endswith(of_all.format("sum over")))
    assert f"  ·  {UPDATES + 3} moments  ·  " in panel.words.whole
    assert "estimated" not in panel.words.whole
    # Before the switch it is another gradient, and called so.
    first = panel.plot.strips[0]
    QTest.keyClick(first, Qt.Key.Key_Home)
    assert panel.words.whole.endswith(of_all.format("mean of"))
    QTest.keyClick(first, Qt.Key.Key_Escape)
    time_for_two = 2 * FEWEST_MOMENTS * work_of(player.frame.plan)
    monkeypatch.setattr("backprop_gui.engine.trails.MOST_WORK", time_for_two)
    select(panel, qtbot, an_edge(document, 0))
    qtbot.waitUntil(
        lambda: panel.words.whole.endswith("curves estimated from 2 of 4 examples, evenly chosen")
    )
    QTest.keyClick(first, Qt.Key.Key_Home)
    assert panel.words.whole.endswith("  ·  estimated from 2 of 4 examples, evenly chosen")


def test_another_convention_is_another_sign_and_name(
    panel: OverTimePanel, document: Document, qtbot: QtBot
) -> None:
    edge = an_edge(document, -1)
    select(panel, qtbot, edge)
    before = {track: values.copy() for track, values in panel.trails.tracks.items()}
    error = Conventions(sign=Sign.ERROR)
    document.edit("Conventions", replace(document.project, conventions=error))
    wanted = [words.title for words in words_of(document.project.network, [edge], names(error))]
    qtbot.waitUntil(lambda: titles(panel) == wanted)
    for track in (Track.GRADIENT, Track.DELTA):
        np.testing.assert_array_equal(panel.trails.tracks[track], -before[track])
    for track in (Track.VALUE, Track.ACTIVATION):
        np.testing.assert_array_equal(panel.trails.tracks[track], before[track])


def test_an_edit_leaves_a_gap_and_what_is_gone_is_not_drawn(
    panel: OverTimePanel, document: Document, player: Player, next_frame: After, qtbot: QtBot
) -> None:
    network, edge = document.project.network, an_edge(document)
    document.edit("Cut", replace(document.project, network=network.without([edge])))
    train(player, next_frame, 2)
    document.edit("Connect", replace(document.project, network=network))
    frame = train(player, next_frame, 2)
    select(panel, qtbot, edge)
    qtbot.waitUntil(lambda: steps(panel)[-1] == frame.step)
    there = ~np.isnan(panel.trails.tracks[Track.VALUE][0])
    assert there.tolist() == [True] * UPDATES + [False] * 2 + [True] * 3
    document.edit("Cut", replace(document.project, network=network.without([edge])))
    assert panel.trails is None


def test_a_hidden_panel_does_no_work(
    panel: OverTimePanel,
    document: Document,
    player: Player,
    next_frame: After,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    panel.hide()
    asked: list[object] = []
    ask = player.ask
    monkeypatch.setattr(player, "ask", lambda question: (asked.append(question), ask(question))[1])
    panel.lab.selection.set(frozenset([an_edge(document)]))
    frame = train(player, next_frame, 2)
    document.edit("Rename", replace(document.project, name="other"))
    assert not asked
    panel.show()
    qtbot.waitUntil(lambda: steps(panel)[-1:] == [frame.step])
    assert asked


def test_while_training_runs_it_takes_its_time(
    panel: OverTimePanel, document: Document, player: Player, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    select(panel, qtbot, an_edge(document))
    asked: list[object] = []
    ask = player.ask
    monkeypatch.setattr(player, "ask", lambda question: (asked.append(question), ask(question))[1])
    monkeypatch.setattr(panel, "has_time", lambda: False)
    running = replace(player.frame, rate=100.0)
    player.frame = running
    panel.show_frame(running)
    assert not asked
    # Another selection need not wait for its share of the time.
    monkeypatch.setattr(panel, "has_time", lambda: True)
    monkeypatch.setattr(panel, "_free", math.inf)
    panel.lab.selection.set(frozenset([an_edge(document, 0)]))
    qtbot.waitUntil(lambda: panel.trails.keys == (an_edge(document, 0),))


def test_of_many_selections_only_the_last_is_computed_to_its_end(
    panel: OverTimePanel, document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once: list[int] = []
    given_up: list[bool] = []
    last = threading.Event()

    def slow(*given: Any) -> Trails | None:
        cancelled = given[-1]
        names = [thread.name for thread in threading.enumerate()]
        at_once.append(names.count("background work"))
        while not cancelled() and not last.wait(0.001):
            pass
        given_up.append(cancelled())
        return trails(*given)

    monkeypatch.setattr("backprop_gui.ui.panels.over_time.trails", slow)
    edges = [(edge.source, edge.target) for edge in document.project.network.edges][:12]
    for edge in edges:
        panel.lab.selection.set(frozenset([edge]))
        qtbot.wait(50)
    last.set()
    qtbot.waitUntil(lambda: panel.trails is not None and panel.trails.keys == (edges[-1],))
    assert set(at_once) == {1}
    assert given_up[0]
    assert given_up.count(False) == 1


def test_what_is_known_is_not_asked_for_again(
    panel: OverTimePanel, document: Document, player: Player, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    ask = player.ask
    monkeypatch.setattr(player, "ask", lambda question: (asked.append(question), ask(question))[1])
    frame = player.frame
    select(panel, qtbot, an_edge(document))
    # The question has brought another frame of the same moment.
    qtbot.waitUntil(lambda: player.frame is not frame)
    qtbot.wait(100)
    assert len(asked) == 1
    # An edit of it is another past, although no update has been made.
    network = document.project.network
    edge = an_edge(document)
    weight = 3 + player.value(edge)
    document.edit("Weight", replace(document.project, network=network.with_parameters({}, {edge: weight})))
    qtbot.waitUntil(lambda: panel.trails.tracks[Track.VALUE][0, -1] == player.value(edge) == weight)
    qtbot.wait(100)
    assert len(asked) <= 3


def test_to_and_fro_in_the_past_nothing_is_computed_again(
    panel: OverTimePanel,
    document: Document,
    player: Player,
    next_frame: After,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    edge = an_edge(document)
    select(panel, qtbot, edge)
    next_frame(lambda: player.past.look_at_step(2), accept=lambda f: f.step == 2)
    asked: list[object] = []
    ask = player.ask
    monkeypatch.setattr(player, "ask", lambda question: (asked.append(question), ask(question))[1])
    for step in (4, 1, 3):
        past = player.past
        frame = next_frame(lambda p=past, s=step: p.look_at_step(s), accept=lambda f, s=step: f.step == s)
        shown = format_exact(float(frame.theta[frame.plan.slot[edge]]))
        qtbot.waitUntil(lambda n=shown: numbers(panel)[0] == n)
        assert {strip._shown for strip in panel.plot.strips} == {float(step)}
    assert not asked
    # Another example or another selection is asked for.
    player.look_at(Probe(Part.TRAIN, 1))
    qtbot.waitUntil(lambda: len(asked) == 1)
    select(panel, qtbot, an_edge(document, 0))
    assert len(asked) == 2


def test_where_each_moment_of_the_past_is_of_another_batch_it_takes_its_time(
    panel: OverTimePanel, document: Document, player: Player, next_frame: After, qtbot: QtBot
) -> None:
    document.edit(
        "Batch", replace(document.project, training=replace(document.project.training, batch_size=1))
    )
    player.unit = Unit.BATCH
    train(player, next_frame, 2)
    player.look_at(Probe(Part.BATCH))
    select(panel, qtbot, an_edge(document))
    began: list[float] = []
    work_on = panel.work_on
    panel.work_on = lambda frame: (began.append(time.perf_counter()), work_on(frame))[1]
    for step in (5, 4, 3, 2, 1):
        past = player.past
        frame = next_frame(lambda p=past, s=step: p.look_at_step(s), accept=lambda f, s=step: f.step == s)
    qtbot.waitUntil(lambda: panel.computed is frame)
    assert len(began) < 5
    assert all(later - earlier >= panel.every_seconds for earlier, later in pairwise(began))


def test_a_drawing_that_is_not_whole_says_so(panel: OverTimePanel, document: Document, qtbot: QtBot) -> None:
    network, edge = document.project.network, an_edge(document, -1)
    select(panel, qtbot, edge)
    into = [(e.source, e.target) for e in network.incoming[network.outputs[0].id]]
    broken = network.without([key for key in into if key != edge]).without([edge])
    document.edit("Cut", replace(document.project, network=broken))
    panel.lab.selection.set(frozenset([an_edge(document, 0)]))
    assert document.obstacle is not None
    assert panel.trails is None
    assert panel.hint.text() == str(document.obstacle)
    document.edit("Mend", replace(document.project, network=network))
    qtbot.waitUntil(lambda: panel.trails is not None)


def test_another_file_empties_it(panel: OverTimePanel, document: Document, qtbot: QtBot) -> None:
    select(panel, qtbot, an_edge(document))
    panel.lab.selection.set(frozenset())
    document.open(a_project("circle", (3, 3)), None)
    panel.sync(None, document.project)
    assert panel.trails is None
    select(panel, qtbot, an_edge(document))
    qtbot.waitUntil(lambda: steps(panel) == [0])


def test_what_goes_wrong_is_said(
    panel: OverTimePanel, document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ArithmeticError("nothing adds up")

    monkeypatch.setattr("backprop_gui.ui.panels.over_time.trails", broken)
    panel.lab.selection.set(frozenset([an_edge(document)]))
    qtbot.waitUntil(lambda: "nothing adds up" in panel.hint.text())
    assert panel.hint.isVisible()


def test_every_number_is_copied(
    panel: OverTimePanel, document: Document, player: Player, qtbot: QtBot
) -> None:
    edge, network = an_edge(document), document.project.network
    select(panel, qtbot, edge, network.inputs[1].id)
    panel.copy.click()
    head, *rows = csv.reader(QGuiApplication.clipboard().text().splitlines())
    assert head == [
        "update",
        "epoch",
        "w x1 -> h2",
        "∂L/∂w x1 -> h2",
        "∂L/∂z h2 (x1 -> h2)",
        "a x1 (x1 -> h2)",
        "b x2",
        "∂L/∂b x2",
        "∂L/∂z x2",
        "a x2",
        "of",
    ]
    assert {row[-1] for row in rows} == {"gradient, delta and activation of training example 1"}
    assert len(rows) == UPDATES + 1
    for at, row in enumerate(rows):
        assert int(row[0]) == at
        assert [float(cell) for cell in row[2:6]] == [panel.trails.tracks[track][0, at] for track in Track]
        assert row[6:8] == ["", ""]
    assert f"{UPDATES + 1} moments" in panel.words.whole


def test_what_is_copied_says_its_convention_and_its_examples(
    panel: OverTimePanel, document: Document, player: Player, qtbot: QtBot
) -> None:
    error = Conventions(Delta.BY_A, Sign.ERROR)
    document.edit("Conventions", replace(document.project, conventions=error))
    player.look_at(Probe(Part.ALL))
    network = document.project.network
    h4 = network.members[network.layers[1].id][3].id
    select(panel, qtbot, h4)
    qtbot.waitUntil(lambda: "all examples" in panel.words.whole)
    panel.copy.click()
    head, *rows = csv.reader(QGuiApplication.clipboard().text().splitlines())
    assert head == ["update", "epoch", "b h4", "−∂L/∂b h4", "−∂L/∂a h4", "a h4", "of"]
    assert rows[0][-1] == "gradient: mean of all examples, delta and activation: mean of all"


@pytest.mark.parametrize(
    ("size", "stacked"), [((1000, 240), False), ((1000, 420), True), ((300, 420), True), ((212, 104), True)]
)
def test_it_fits_and_paints_in_both_themes(
    panel: OverTimePanel,
    document: Document,
    qtbot: QtBot,
    qapp: QApplication,
    size: tuple[int, int],
    stacked: bool,
) -> None:
    panel.resize(*size)
    select(panel, qtbot, an_edge(document))
    plot = panel.plot
    assert plot.stacked == stacked
    there = [strip for strip in plot.strips if strip.isVisible()]
    assert len(there) == (1 if size[1] < 200 else len(Track))
    if stacked:
        # Equal times stand above each other, and one axis is enough.
        assert len({(strip.area.left(), strip.area.width()) for strip in there}) == 1
        assert [strip.bare for strip in there] == [True] * (len(there) - 1) + [False]
    for part in (*plot.heads, *there):
        assert not part.isVisible() or plot.rect().contains(part.geometry())
    for dark in (True, False):
        theme.apply(qapp, dark=dark)
        picture = plot.grab().toImage()
        strip = plot.strips[0]
        at = strip.place(3.0, float(strip.axis.heights(panel.trails.tracks[Track.VALUE][0])[3]))
        color = getattr(theme.current(), LINES[0][0])
        assert shows(picture, strip.x() + at.x(), strip.y() + at.y(), color, reach=2, tolerance=60)
