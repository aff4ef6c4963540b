"""The panel "Findings": it says what the finders find, and shows where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backprop_gui.engine.conventions import Conventions, Delta
from backprop_gui.engine.frame import Frame, Part
from backprop_gui.errors import UserError
from backprop_gui.network import Network
from backprop_gui.project import Project, templates
from backprop_gui.ui.document import Document
from backprop_gui.ui.panels.findings import CHEAP_SECONDS, NOT_WHOLE, OWN_DELTAS, FindingsPanel
from backprop_gui.ui.player import Player
from backprop_gui.ui.widgets.finding_card import FindingCard
from tests.ui.conftest import a_project
from tests.ui.panel_lab import place
from tests.ui.windows import open_window, shut

LEFT = Qt.MouseButton.LeftButton
After = Callable[..., Frame]
Open = Callable[[Project], FindingsPanel]


@pytest.fixture
def opened(qtbot: QtBot, qapp: object) -> Iterator[Open]:
    """Return a function that shows the panel on a project, once it has looked."""
    players = []

    def open_(project: Project) -> FindingsPanel:
        document = Document(project)
        players.append(Player(document))
        panel = place(qtbot, document, players[-1], FindingsPanel, (700, 300))
        qtbot.waitUntil(lambda: "example" in panel.summary.text())
        return panel

    yield open_
    for player in players:
        player.close()


def with_dead_relu(project: Project) -> Project:
    network = project.network
    hidden = network.members[network.layers[1].id]
    network = network.with_activation([n.id for n in hidden], "relu")
    biases = {neuron.id: 5.0 for neuron in hidden} | {hidden[0].id: -50.0}
    return replace(project, network=network.with_parameters(biases, {}))


def test_where_nothing_is_wrong_it_says_what_it_looked_for(opened: Open) -> None:
    panel = opened(templates.load("xor"))
    assert panel.summary.text() == "Nothing wrong found on all 4 training examples, epoch 0."
    assert "dead ReLUs" in panel.looked_for.text()
    assert panel.looked_for.isVisible()
    assert panel.cards == []


def test_a_card_says_all_of_a_finding(opened: Open, qtbot: QtBot) -> None:
    panel = opened(templates.load("deep-sigmoid"))
    assert panel.summary.text() == "1 finding on all 140 training examples, epoch 0."
    assert not panel.looked_for.isVisible()
    [card] = panel.cards
    assert card.title.text() == "Deltas vanish before hidden 1"
    assert card.text.text().startswith("The deltas of hidden 1 are 1/")
    qtbot.waitUntil(card.remedy.isVisible)  # Qt shows what came into a layout in its next turn
    assert not card.reason.isVisible()
    qtbot.waitUntil(lambda: card.why.isVisible() and card.why.width() > 0)
    QTest.mouseClick(card.why, LEFT)
    qtbot.waitUntil(card.reason.isVisible)
    assert card.reason.text().startswith("Why: ")
    assert card.show_me.accessibleName() == "Show me: Deltas vanish before hidden 1"


def test_show_me_selects_turns_the_view_and_moves_the_probe(opened: Open, qtbot: QtBot) -> None:
    panel = opened(with_dead_relu(templates.load("xor")))
    [card] = panel.cards
    player, finding = panel.lab.player, card.finding
    assert finding is not None
    assert "h₁" in card.text.text()  # as it is drawn
    with qtbot.waitSignal(panel.view_wanted) as wanted:
        QTest.mouseClick(card.show_me, LEFT)
    assert wanted.args == ["forward"]
    network = panel.lab.document.project.network
    assert panel.lab.selection.keys == {network.members[network.layers[1].id][0].id}
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.probe.index == finding.example)
    assert player.frame.probe.part is Part.TRAIN


def test_it_looks_again_when_training_has_come_to_rest(opened: Open, qtbot: QtBot) -> None:
    panel = opened(a_project(batch_size=0, learning_rate=1000.0))
    assert panel.cards == []
    panel.lab.player.play()
    qtbot.waitUntil(lambda: panel.lab.player.frame.epoch > 20)
    panel.lab.player.pause()
    qtbot.waitUntil(lambda: any(finding.kind == "rate-high" for finding in panel.findings))
    qtbot.waitUntil(panel.cards[0].isVisible)


def test_what_is_mended_goes(opened: Open, qtbot: QtBot) -> None:
    panel = opened(with_dead_relu(templates.load("xor")))
    document = panel.lab.document
    network = document.project.network
    first = network.members[network.layers[1].id][0].id
    document.edit("Mend it", replace(document.project, network=network.with_parameters({first: 5.0}, {})))
    qtbot.waitUntil(lambda: not panel.cards)
    assert not any(card.isVisible() for card in panel.findChildren(FindingCard))


def test_a_drawing_that_is_not_whole_is_not_judged(opened: Open) -> None:
    panel = opened(templates.load("deep-sigmoid"))
    document = panel.lab.document
    document.edit("Take away", replace(document.project, network=Network()))
    assert panel.summary.text() == NOT_WHOLE
    assert panel.cards == []


def test_a_hidden_panel_does_not_look(opened: Open, qtbot: QtBot) -> None:
    panel = opened(templates.load("xor"))
    panel.hide()
    panel.lab.player.step()
    qtbot.waitUntil(lambda: panel.lab.player.frame.epoch == 1 and panel.lab.player.frame.rate == 0)
    qtbot.wait(150)
    assert panel.summary.text().endswith("epoch 0.")
    panel.show()
    qtbot.waitUntil(lambda: panel.summary.text().endswith("epoch 1."))


def test_in_the_window_show_me_turns_the_view(qtbot: QtBot, qapp: QApplication) -> None:
    window = open_window(qtbot, qapp)
    try:
        window.lab.document.open(with_dead_relu(templates.load("xor")), None)
        panel = window.docks.bring_up("findings")
        assert isinstance(panel, FindingsPanel)
        qtbot.waitUntil(lambda: len(panel.cards) == 1)
        QTest.mouseClick(panel.cards[0].show_me, LEFT)
        assert window.canvas.view.value == "forward"
    finally:
        shut(window)


def test_its_tab_says_how_many_there_are_and_never_of_another_moment(
    qtbot: QtBot, qapp: QApplication
) -> None:
    window = open_window(qtbot, qapp)
    panel, dock = window.panels["findings"], window.docks.by_name["findings"]
    assert isinstance(panel, FindingsPanel)
    assert not panel.isVisible(), "it stands behind another tab"
    qtbot.waitUntil(lambda: panel.computed is window.lab.player.frame)
    assert dock.windowTitle() == "Findings"
    panel.seconds = 0.0  # whatever it took on this machine: the first look loads a lot
    document = window.lab.document
    document.edit("Break it", with_dead_relu(document.project))
    qtbot.waitUntil(lambda: dock.windowTitle() == "Findings (1)")
    panel.seconds = CHEAP_SECONDS + 1  # as if it took long
    step = window.lab.player.frame.step
    window.lab.player.step()
    qtbot.waitUntil(lambda: window.lab.player.frame.step > step and window.lab.player.frame.rate == 0)
    qtbot.waitUntil(lambda: dock.windowTitle() == "Findings")
    qtbot.wait(100)
    assert panel.computed is not window.lab.player.frame
    window.docks.bring_up("findings")
    qtbot.waitUntil(lambda: dock.windowTitle() == "Findings (1)")
    shut(window)


def test_it_says_which_deltas_it_means_where_others_are_called_so(opened: Open) -> None:
    panel = opened(templates.load("deep-sigmoid"))
    document = panel.lab.document
    document.edit("By a", replace(document.project, conventions=Conventions(delta=Delta.BY_A)))
    assert panel.looked_for.text() == OWN_DELTAS
    document.edit("By z", replace(document.project, conventions=Conventions()))
    assert not panel.looked_for.isVisible()


def test_why_it_could_not_look_is_said(opened: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = opened(with_dead_relu(templates.load("xor")))
    assert panel.cards != []

    def broken(*given: object) -> None:
        raise UserError("There is no room.")

    monkeypatch.setattr("backprop_gui.ui.panels.findings.checkup_of", broken)
    panel.lab.player.step()
    qtbot.waitUntil(lambda: panel.summary.text() == "There is no room.")
    assert panel.cards == []
    assert not panel.looked_for.isVisible()
