"""The microscope: one training step operation by operation, both ways, on the picture and in the panel."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.engine.operations.operation import Kind, Phase
from backprop_gui.engine.operations.order import Order, Pace
from backprop_gui.network import Network
from backprop_gui.project import templates
from backprop_gui.ui import listing
from backprop_gui.ui.canvas.spotlight import Lights, Way
from backprop_gui.ui.canvas.views import View
from backprop_gui.ui.document import Document
from backprop_gui.ui.microscope import Microscope
from backprop_gui.ui.operation_lights import Turns
from backprop_gui.ui.panel import Lab
from backprop_gui.ui.panels.microscope import INVITATION, LISTING, RUNNING, MicroscopePanel
from backprop_gui.ui.player import Player, State, Unit
from backprop_gui.ui.selection import Selection
from backprop_gui.ui.typeset.page import Page
from backprop_gui.ui.widgets.ledger_view import HEAD_PX, ROW_PX, LedgerView
from backprop_gui.ui.widgets.operation_list import written
from backprop_gui.ui.widgets.operation_reader import OF_EACH
from backprop_gui.ui.window import Window
from tests.ui.panel_lab import place
from tests.ui.plot_lab import move_mouse
from tests.ui.windows import open_window, shut


@pytest.fixture
def document(qapp: QApplication) -> Document:
    return Document(templates.load("mazur"))


@pytest.fixture
def scope(document: Document, player: Player, qtbot: QtBot) -> Microscope:
    scope = Microscope(document, player, document)
    qtbot.waitUntil(lambda: player.frame is not None)
    return scope


@pytest.fixture
def panel(qtbot: QtBot, document: Document, player: Player) -> MicroscopePanel:
    return place(qtbot, document, player, MicroscopePanel, (1000, 260))


def named(network: Network, name: str) -> int:
    return next(neuron.id for neuron in network.neurons if neuron.name == name)


def kinds(scope: Microscope) -> tuple[Kind, Phase]:
    operation = scope.operation
    assert operation is not None
    return operation.kind, operation.phase


def waiting(lights: Lights, network: Network) -> tuple[set[int], set[tuple[int, int]]]:
    """Return which neurons and edges still wait for their turn."""
    assert lights.waiting is not None
    assert lights.waiting_edges is not None
    neurons = {n.id for n, waits in zip(network.neurons, lights.waiting, strict=True) if waits}
    return neurons, {key for key, waits in zip(network.edge_of, lights.waiting_edges, strict=True) if waits}


def frame_of(player: Player) -> Frame:
    assert player.frame is not None
    return player.frame


def test_it_steps_through_every_operation_and_back(scope: Microscope) -> None:
    assert not scope.active
    seen = []
    scope.next()
    worked = scope.worked
    assert worked is not None
    for _ in range(len(worked.operations) - 1):
        seen.append(scope.position)
        scope.next()
    assert seen == list(range(len(worked.operations) - 1))
    back = []
    while scope.position:
        scope.previous()
        back.append(scope.position)
    assert back == seen[::-1]


@pytest.mark.parametrize(("pace", "count"), [(Pace.PHASE, 4), (Pace.LAYER, 7), (Pace.NEURON, 13)])
def test_it_steps_by_larger_parts(scope: Microscope, pace: Pace, count: int) -> None:
    scope.set_pace(pace)
    scope.first()
    places = [scope.position]
    worked = scope.worked
    assert worked is not None
    while scope.position != len(worked.operations) - 1:
        scope.next()
        places.append(scope.position)
    assert len(places) == count
    assert places == list(worked.stops(pace))


def test_after_the_last_operation_the_update_is_made(scope: Microscope, player: Player, qtbot: QtBot) -> None:
    scope.last()
    worked = scope.worked
    assert worked is not None
    assert worked.value(worked.operations[len(worked.operations) - 1]) == pytest.approx(
        float(worked.frame.theta[-1] + worked.frame.update[-1]), abs=1
    )
    step = frame_of(player).step
    scope.next()
    qtbot.waitUntil(lambda: frame_of(player).step == step + 1 and scope.position == 0)
    assert scope.worked is not worked


def test_before_the_first_operation_is_the_update_before(
    scope: Microscope, player: Player, qtbot: QtBot
) -> None:
    scope.last()
    before, numbers = scope.position, frame_of(player).theta.tolist()
    scope.next()
    qtbot.waitUntil(lambda: frame_of(player).step == 1 and scope.position == 0)
    scope.previous()
    qtbot.waitUntil(lambda: frame_of(player).step == 0 and scope.position == before)
    assert frame_of(player).theta.tolist() == numbers
    scope.next()
    qtbot.waitUntil(lambda: frame_of(player).step == 1 and scope.position == 0)
    scope.previous()
    qtbot.waitUntil(lambda: frame_of(player).step == 0)
    scope.first()
    assert not scope.can_go_back


def test_the_lights_follow_the_operation(scope: Microscope) -> None:
    network = scope._player.frame.plan.network  # type: ignore[union-attr]
    h2, o1, o2 = (named(network, name) for name in ("h2", "o1", "o2"))
    views: list[View] = []
    scope.view_wanted.connect(views.append)
    scope.look_at(h2, View.BACKWARD)
    lights = scope.lights()
    assert lights is not None
    assert lights.writes == {h2}
    assert lights.reads == {o1, o2, (h2, o1), (h2, o2)}
    assert lights.way is Way.BACKWARD
    assert lights.tag == "δ = 0.009954"
    # h1 had its turn before, so nothing but the edges into h2 still waits.
    assert waiting(lights, network) == (set(), {(edge.source, h2) for edge in network.incoming[h2]})
    scope.look_at(h2, View.FORWARD)
    forward = scope.lights()
    assert forward is not None
    assert waiting(forward, network)[0] == {o1, o2}
    assert views == [View.BACKWARD, View.FORWARD]


def test_training_puts_it_to_rest_and_a_pause_brings_it_back(
    scope: Microscope, player: Player, qtbot: QtBot
) -> None:
    scope.go(20)
    operation = scope.operation
    assert operation is not None
    player.play()
    assert scope.lights() is None
    assert not scope.active
    qtbot.waitUntil(lambda: frame_of(player).step > 3)
    player.pause()
    qtbot.waitUntil(lambda: player.state is State.PAUSED and scope.active)
    again = scope.operation
    assert again is not None
    assert (again.kind, again.subject) == (operation.kind, operation.subject)
    qtbot.waitUntil(lambda: scope.worked is not None and scope.worked.frame is player.frame)


def test_it_keeps_its_place_when_the_drawing_changes(
    scope: Microscope, document: Document, player: Player, qtbot: QtBot
) -> None:
    network = document.project.network
    h2, cut = named(network, "h2"), (named(network, "i1"), named(network, "h1"))
    scope.look_at(h2, View.BACKWARD)
    before = scope.position
    document.edit("cut", replace(document.project, network=network.without({cut})))
    qtbot.waitUntil(lambda: scope.position != before)
    operation = scope.operation
    assert operation is not None
    assert (operation.kind, operation.subject) == (Kind.HIDDEN_DELTA, h2)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """Let every network count as a large one; return the threads in which operations were listed."""
    threads: list[threading.Thread] = []
    plain = listing._listed

    def noted(network: Network) -> tuple[Order, Turns]:
        threads.append(threading.current_thread())
        return plain(network)

    monkeypatch.setattr(listing, "AT_ONCE", 0)
    monkeypatch.setattr(listing, "_listed", noted)
    return threads


def test_the_operations_of_a_large_network_are_listed_in_the_background(
    large: list[threading.Thread], scope: Microscope, document: Document, player: Player, qtbot: QtBot
) -> None:
    panel = place(qtbot, document, player, MicroscopePanel, (1000, 260))
    other = panel.scope
    assert other.is_listing
    assert panel.reader._why.text() == LISTING
    scope.last()
    assert scope.operation is None
    qtbot.waitUntil(lambda: scope.active)
    count = len(scope.worked.operations)
    assert scope.position == count - 1
    qtbot.waitUntil(lambda: not other.is_listing)
    assert panel.list.operations.rowCount() > count
    # The same drawing is not listed again at another moment.
    frame = player.frame
    player.step_batch()
    qtbot.waitUntil(lambda: scope.worked is not None and scope.worked.frame is not frame)
    assert len(large) == 2
    assert threading.main_thread() not in large


def test_it_keeps_its_place_while_a_large_drawing_is_listed_anew(
    large: list[threading.Thread], scope: Microscope, document: Document, player: Player, qtbot: QtBot
) -> None:
    network = document.project.network
    scope.open_at(named(network, "o1"), View.BACKWARD)
    qtbot.waitUntil(lambda: scope.active)
    before = kinds(scope)
    edge = network.edges[0]
    smaller = network.without({(edge.source, edge.target)})
    document.edit("Fewer edges", replace(document.project, network=smaller))
    qtbot.waitUntil(lambda: scope.worked is not None and scope.worked.frame.plan.network is smaller)
    assert kinds(scope) == before
    assert scope.operation.subject == named(network, "o1")


def test_it_plays_by_itself_until_paused(scope: Microscope, qtbot: QtBot) -> None:
    told: list[bool] = []
    scope.playing_changed.connect(told.append)
    scope.set_speed(50.0)
    scope.toggle()
    qtbot.waitUntil(lambda: (scope.position or 0) >= 3)
    scope.toggle()
    place = scope.position
    qtbot.wait(80)
    assert scope.position == place
    assert told == [True, False]


def test_conventions_are_followed(scope: Microscope, document: Document) -> None:
    o1 = named(document.project.network, "o1")
    scope.look_at(o1, View.BACKWARD)
    lights = scope.lights()
    assert lights is not None
    assert lights.tag == "δ = 0.1385"
    document.edit("by a", replace(document.project, conventions=Conventions(Delta.BY_A)))
    lights = scope.lights()
    assert lights is not None
    assert lights.tag == "e = 0.7414"


# ---- the panel


def words_of(panel: MicroscopePanel) -> str:
    reader = panel.reader
    return f"{reader._title.text()}\n{reader.equations.text()}\n{reader._sentence.text()}"


def test_titles_and_sentences_have_the_names_of_the_conventions(panel: MicroscopePanel) -> None:
    project = panel.lab.document.project
    otherwise = Conventions(Delta.BY_A, Sign.ERROR)
    panel.lab.document.edit("Write otherwise", replace(project, conventions=otherwise))
    network = panel.lab.document.project.network
    h2 = named(network, "h2")
    panel.scope.look_at(h2, View.BACKWARD)
    assert words_of(panel).startswith("e of h₂\n")
    panel.scope.look_at((named(network, "i2"), h2), View.BACKWARD)
    assert words_of(panel).startswith("−∂L/∂w of the weight i₂ → h₂\n")
    assert words_of(panel).endswith("−∂L/∂w adds up over 2 paths from here to the loss.")
    assert [line.name for line in panel.reader.ledger.ends] == ["sum  =  −∂L/∂w"]


def test_why_the_delta_of_h2_has_its_sign_can_be_read(panel: MicroscopePanel) -> None:
    network = panel.lab.document.project.network
    panel.scope.look_at(named(network, "h2"), View.BACKWARD)
    words = words_of(panel)
    assert words.startswith("δ of h₂\n")
    assert "δ_h2 = f′(z_h2) · (w_h2→o1 δ_o1 + w_h2→o2 δ_o2)" in words
    assert "0.009954" in words
    assert "δ of h₂ is positive because" in words
    values = [line.value for line in panel.reader.ledger.lines]
    assert values == pytest.approx([0.45 * 0.138498562, 0.55 * -0.038098237])
    assert panel.reader.ledger.ends[-1].value == pytest.approx(0.009954254)


def test_a_gradient_lists_its_paths_to_the_loss(panel: MicroscopePanel) -> None:
    network = panel.lab.document.project.network
    i1, h1 = named(network, "i1"), named(network, "h1")
    panel.scope.look_at((i1, h1), View.BACKWARD)
    ledger = panel.reader.ledger
    assert [line.name for line in ledger.lines] == ["i₁ → h₁ → o₁", "i₁ → h₁ → o₂"]
    assert sum(line.value for line in ledger.lines) == pytest.approx(ledger.ends[-1].value, rel=1e-12)


def test_the_list_marks_and_chooses(panel: MicroscopePanel, qtbot: QtBot) -> None:
    scope, list_ = panel.scope, panel.list
    model = list_.operations
    assert model.heading(0) == "Forward  ·  hidden"
    scope.first()
    assert list_.currentIndex().row() == model.row_of(0) == 1
    QTest.keyClick(list_, Qt.Key.Key_Down)
    assert scope.position == 1
    worked = scope.worked
    assert worked is not None
    for number in range(len(worked.operations)):
        assert model.place_at(model.row_of(number)) == number
    assert model.rowCount() == len(worked.operations) + len(model._heads)
    row = list_.visualRect(model.index(model.row_of(3), 0))
    QTest.mouseClick(list_.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
    assert scope.position == 3


def test_the_first_click_begins(panel: MicroscopePanel) -> None:
    assert not panel.scope.active
    model = panel.list.operations
    row = panel.list.visualRect(model.index(model.row_of(2), 0))
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
    assert panel.scope.position == 2


def test_an_update_that_is_made_on_the_way_is_told(panel: MicroscopePanel, qtbot: QtBot) -> None:
    scope = panel.scope
    scope.last()
    count = len(scope.worked.operations)  # type: ignore[union-attr]
    assert panel.where.text() == f"{count} of {count}"
    scope.next()
    qtbot.waitUntil(lambda: scope.position == 0)
    assert panel.where.text() == f"1 of {count}  ·  update 1 made"
    scope.next()
    assert panel.where.text() == f"2 of {count}  ·  step 2"


def test_the_digits_are_those_chosen(panel: MicroscopePanel) -> None:
    panel.scope.look_at(named(panel.lab.document.project.network, "h2"), View.BACKWARD)
    panel.digits.setValue(9)
    assert "0.00995425427" in panel.reader.equations.text() or "0.009954254" in panel.reader.equations.text()
    assert panel.scope.digits == 9


def test_it_says_what_to_do_and_that_training_runs(
    panel: MicroscopePanel, player: Player, qtbot: QtBot
) -> None:
    assert panel.reader._title.text() == INVITATION
    player.play()
    assert panel.reader._why.text() == RUNNING
    player.pause()
    qtbot.waitUntil(lambda: panel.reader._title.text() == INVITATION)


def test_a_term_that_is_pointed_at_lights_its_edge(panel: MicroscopePanel) -> None:
    network = panel.lab.document.project.network
    h2, o1 = named(network, "h2"), named(network, "o1")
    panel.scope.look_at(h2, View.BACKWARD)
    told: list[frozenset[object]] = []
    panel.scope.pointed.connect(told.append)
    view = panel.reader.equations
    mark = next(mark for mark in view.page.marks if mark.quantity.key == (h2, o1))
    corner = view._corner()
    QTest.mouseMove(view, (mark.rect.center() + corner).toPoint())
    assert told == [{(h2, o1)}]
    # And the other way round: what is pointed at elsewhere is marked here.
    panel.scope.point(frozenset({o1}))
    assert view._lit == {o1}


def test_the_mean_of_a_batch_is_not_made_of_the_paths_of_one_example(
    panel: MicroscopePanel, player: Player, document: Document, qtbot: QtBot
) -> None:
    document.open(templates.load("whole-numbers"), None)
    player.look_at(Probe(Part.BATCH))
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.rows is not None)
    scope = panel.scope
    scope.first()
    operation = next(one for one in scope.worked.operations if one.title == "Gradient of the weight x1 → Z1")
    scope.go(operation.number)
    assert panel.reader.ledger.lines == ()
    assert panel.reader._sentence.text() == OF_EACH


def test_a_line_that_is_gone_lights_nothing_any_more(panel: MicroscopePanel) -> None:
    network, ledger = panel.lab.document.project.network, panel.reader.ledger
    lit: list[frozenset[object]] = []
    panel.scope.pointed.connect(lit.append)
    panel.scope.look_at(named(network, "h2"), View.BACKWARD)
    move_mouse(ledger, 20, HEAD_PX + ROW_PX / 2)
    assert lit[-1] == ledger.lines[0].keys != frozenset()
    # The same line with other digits is still pointed at.
    panel.scope.set_digits(6)
    assert lit[-1] == ledger.lines[0].keys
    panel.scope.look_at(named(network, "h1"), View.BACKWARD)
    assert lit[-1] == frozenset()
    move_mouse(ledger, 21, HEAD_PX + ROW_PX / 2)
    assert lit[-1] == ledger.lines[0].keys
    panel.scope.leave()
    assert lit[-1] == frozenset()


def test_equations_are_copied_as_text_and_as_latex(panel: MicroscopePanel) -> None:
    panel.scope.look_at(named(panel.lab.document.project.network, "h2"), View.BACKWARD)
    view = panel.reader.equations
    view.copy_text()
    assert "δ_h2 = f′(z_h2)" in QApplication.clipboard().text()
    view.copy_latex()
    assert r"\delta_{h_{2}}" in QApplication.clipboard().text()


def test_several_equations_are_copied_as_one_display(panel: MicroscopePanel) -> None:
    scope, view = panel.scope, panel.reader.equations
    counts = set()
    for number in range(len(scope.worked.operations)):
        scope.go(number)
        lines = view.latex().split("\n")
        counts.add(min(2, len(view.equations)))
        if len(view.equations) == 1:
            assert len(lines) == 1
            assert "&" not in lines[0]
            continue
        assert (lines[0], lines[-1]) == (r"\begin{aligned}", r"\end{aligned}")
        for line in lines[1:-1]:
            assert line.count("&") == 1
        assert all(line.endswith(r" \\") for line in lines[1:-2])
        assert not lines[-2].endswith("\\")
    assert counts == {1, 2}


def test_a_painter_ends_where_painting_fails(panel: MicroscopePanel, monkeypatch: pytest.MonkeyPatch) -> None:
    panel.scope.look_at(named(panel.lab.document.project.network, "h2"), View.BACKWARD)
    panel.grab()

    def broken(*given: object) -> None:
        raise ValueError("odd")

    with monkeypatch.context() as patch:
        patch.setattr(Page, "draw", broken)
        patch.setattr(LedgerView, "_paint", broken)
        for view in (panel.reader.equations, panel.reader.ledger):
            # The error keeps what was local where it came up, and with it a painter that was not ended.
            with pytest.raises(ValueError, match="odd"):
                view.grab()
            assert not view.paintingActive()


def test_terms_are_reached_by_keyboard(panel: MicroscopePanel) -> None:
    network = panel.lab.document.project.network
    panel.scope.look_at(named(network, "h2"), View.BACKWARD)
    view = panel.reader.equations
    view.setFocus(Qt.FocusReason.TabFocusReason)
    first = view._current()
    assert first is not None
    QTest.keyClick(view, Qt.Key.Key_Right)
    second = view._current()
    assert second is not first
    assert view.accessibleDescription().startswith("a of h₂ = 0.596884378")


def test_the_lines_of_a_ledger_are_reached_by_keyboard(
    panel: MicroscopePanel, document: Document, qtbot: QtBot
) -> None:
    panel.resize(640, 160)  # so low that the ledger lies below what is seen
    panel.scope.look_at(named(document.project.network, "h2"), View.BACKWARD)
    ledger, reader = panel.reader.ledger, panel.reader
    lit: list[frozenset[object]] = []
    panel.scope.pointed.connect(lit.append)

    def seen(y: float) -> bool:
        return 0 <= ledger.mapTo(reader.viewport(), QPoint(0, round(y))).y() < reader.viewport().height()

    qtbot.waitUntil(lambda: not seen(ledger.height() - 5))
    ledger.setFocus(Qt.FocusReason.TabFocusReason)
    assert lit[-1] == ledger.lines[0].keys
    assert ledger.accessibleDescription().startswith(ledger.lines[0].name)
    assert seen(HEAD_PX + ROW_PX / 2)
    QTest.keyClick(ledger, Qt.Key.Key_Down)
    assert lit[-1] == ledger.lines[1].keys
    QTest.keyClick(ledger, Qt.Key.Key_End)
    assert seen(ledger.height() - 15)
    assert ledger.accessibleDescription().startswith(ledger.ends[-1].name)
    QTest.keyClick(ledger, Qt.Key.Key_Home)
    assert lit[-1] == ledger.lines[0].keys
    ledger.clearFocus()
    assert lit[-1] == frozenset()


def test_a_lab_of_its_own_keeps_nothing(document: Document, player: Player, qtbot: QtBot) -> None:
    lab = Lab(document, player, Selection())
    qtbot.waitUntil(lambda: player.frame is not None)
    lab.microscope.next()
    assert lab.microscope.active
    lab.microscope.leave()
    assert not lab.microscope.active
    assert lab.microscope.lights() is None


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    # Another test may have left the mouse where the picture will be.
    QCursor.setPos(0, 0)
    window = open_window(qtbot, qapp)
    yield window
    shut(window)


def test_the_keys_step_operations_where_these_are_the_unit(window: Window, qtbot: QtBot) -> None:
    scope = window.lab.microscope
    window._set_unit(Unit.OPERATION)
    assert not window.commands["step-back"].isEnabled()
    window.commands["step"].trigger()
    assert scope.position == 0
    assert window.canvas.view is View.FORWARD
    assert window.equation.text.startswith("z_h1 = ")
    window.commands["next-operation"].trigger()
    assert scope.position == 1
    window.commands["step-back"].trigger()
    assert scope.position == 0
    scope.set_speed(50.0)
    window.play_or_pause()
    assert scope.playing
    qtbot.waitUntil(lambda: (scope.position or 0) > 2)
    window.play_or_pause()
    assert not scope.playing
    assert window.lab.player.state is State.PAUSED


def test_the_microscope_opens_at_what_is_selected(window: Window) -> None:
    network = window.lab.document.project.network
    h2 = named(network, "h2")
    window.lab.selection.set(frozenset([h2]))
    window.commands["microscope"].trigger()
    operation = window.lab.microscope.operation
    assert operation is not None
    assert (operation.kind, operation.subject) == (Kind.HIDDEN_DELTA, h2)
    # While it is open, what is selected next is looked at.
    output = network.outputs[0].id
    window.lab.selection.set(frozenset([output]))
    assert window.lab.microscope.operation is not None
    assert window.lab.microscope.operation.subject == output
    # Pointing at a term lights it on the picture.
    window.lab.microscope.point(frozenset({(h2, output)}))
    assert window.canvas.scene.spotlight.pointed == {(h2, output)}
    window.lab.microscope.leave()
    assert window.canvas.scene.spotlight.lights is None


def test_where_there_is_little_room_the_reasons_are_in_sight(window: Window, qtbot: QtBot) -> None:
    window.resize(1024, 700)
    h2 = named(window.lab.document.project.network, "h2")
    window.lab.selection.set(frozenset([h2]))
    assert window.equation.isVisible()
    window.commands["microscope"].trigger()
    panel = window.docks.panels["microscope"]
    assert isinstance(panel, MicroscopePanel)
    reader = panel.reader
    qtbot.waitUntil(lambda: reader._sentence.x() + reader._parts.x() > reader.equations.geometry().right())
    for part in (reader._sentence, reader.ledger):
        top = part.mapTo(reader.viewport(), QPoint(0, 0)).y()
        assert 0 <= top < reader.viewport().height() - 30
    # The microscope has the equation: the picture gets its room, and names with it.
    assert not window.equation.isVisible()
    qtbot.waitUntil(lambda: window.canvas.scene.headings.names[2].text is not None)
    window.resize(1024, 900)
    assert window.equation.isVisible()
    window.resize(1024, 700)
    window.lab.microscope.leave()
    assert window.equation.isVisible()


def test_the_list_has_the_chosen_digits_where_there_is_room(panel: MicroscopePanel) -> None:
    panel.scope.look_at(named(panel.lab.document.project.network, "h2"), View.BACKWARD)
    row = panel.list.currentIndex()
    for digits, number in ((4, "0.009954"), (9, "0.00995425471")):
        panel.scope.set_digits(digits)
        assert row.data(Qt.ItemDataRole.AccessibleTextRole) == f"δ of h₂, {number}"
        lights = panel.scope.lights()
        assert lights is not None
        assert lights.tag == f"δ = {number}"
    metrics = panel.list.fontMetrics()
    room = metrics.horizontalAdvance("0.009954")
    assert written(0.00995425471, 9, metrics, room)[0] == "0.009954"
    assert written(0.00995425471, 9, metrics, 0)[0] == "0.009954"
    assert written(0.00995425471, 2, metrics, 500)[0] == "0.010"


def test_the_speed_is_that_of_operations_where_these_are_the_unit(window: Window, qtbot: QtBot) -> None:
    top, scope = window._top, window.lab.microscope
    window.resize(1440, 900)
    QApplication.processEvents()
    told: list[float] = []
    top.speed.updates_chosen.connect(told.append)
    panel = window.docks.bring_up("microscope")
    assert isinstance(panel, MicroscopePanel)
    updates, place = top.speed.updates_a_second, top.speed.value()
    assert top._rate.text() == top.speed.words == "210 updates/s"
    QTest.mouseClick(top._units.button(Unit.OPERATION), Qt.MouseButton.LeftButton)
    assert top._rate.text() == "1 op/s"
    QTest.keyClick(top.speed, Qt.Key.Key_Right)
    assert (scope.speed, top._rate.text(), panel.speed.currentData()) == (2.0, "2 op/s", 2.0)
    QTest.keyClick(top.speed, Qt.Key.Key_End)
    assert scope.speed == 10.0
    panel.speed.activated.emit(0)
    assert (scope.speed, top._rate.text()) == (0.5, "0.5 op/s")
    assert (top.speed.updates_a_second, told) == (updates, []), "training keeps its own"
    QTest.mouseClick(top._units.button(Unit.EPOCH), Qt.MouseButton.LeftButton)
    assert (top.speed.value(), top._rate.text()) == (place, "210 updates/s")
    QTest.keyClick(top.speed, Qt.Key.Key_End)
    assert top._rate.text() == "full speed"
    assert (told, scope.speed) == ([math.inf], 0.5)


def test_a_chip_says_that_the_picture_shows_an_operation_where_the_microscope_does_not(
    window: Window,
) -> None:
    chip = window.canvas._over.stepping
    window.commands["microscope"].trigger()
    QApplication.processEvents()
    window.lab.microscope.go(3)
    assert chip.text == ""
    window.docks.bring_up("loss")
    QApplication.processEvents()
    count = len(window.lab.microscope.worked.operations)  # type: ignore[union-attr]
    assert chip.text == f"operation 4 of {count}"
    assert not chip.geometry().intersects(window.canvas.segments.geometry())
    window.commands["next-operation"].trigger()
    assert chip.text == f"operation 5 of {count}"
    chip.asked.emit()
    QApplication.processEvents()
    assert chip.text == ""
    window.docks.bring_up("loss")
    QApplication.processEvents()
    chip.cross.click()
    assert chip.text == ""
    assert window.lab.microscope.operation is None
    assert window.canvas.scene.spotlight.lights is None


def test_nothing_is_listed_for_who_looks_at_no_operation(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listing keeps the interpreter busy, and an edit of a large network would be painted late."""
    monkeypatch.setattr(listing, "AT_ONCE", 0)
    document, player, scope = window.lab.document, window.lab.player, window.lab.microscope
    qtbot.waitUntil(lambda: player.frame is not None)
    network = document.project.network
    output = network.outputs[0].id
    document.edit("Bend", replace(document.project, network=network.with_activation([output], "tanh")))
    qtbot.waitUntil(
        lambda: player.frame is not None and player.frame.plan.network is document.project.network
    )
    window.docks.bring_up("loss")
    QApplication.processEvents()
    assert scope._listing._asked is None
    window.commands["microscope"].trigger()
    assert scope._listing._asked is document.project.network
    qtbot.waitUntil(lambda: scope.active)
