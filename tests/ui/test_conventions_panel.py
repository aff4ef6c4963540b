"""The panel "Conventions": each switch is one undo step and says what changes; a book's number is answered in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.frame import Part, Probe
from backprop_gui.engine.questions import Asked
from backprop_gui.engine.settings import Reduction
from backprop_gui.project import templates
from backprop_gui.ui.document import Document
from backprop_gui.ui.panels.conventions import ConventionsPanel
from backprop_gui.ui.player import Player
from backprop_gui.ui.segmented import Segmented
from tests.ui.conftest import a_project
from tests.ui.panel_lab import place, type_into, undo_texts

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def document(qapp: object) -> Document:
    return Document(templates.load("mazur"))


@pytest.fixture
def panel(qtbot: QtBot, document: Document, player: Player) -> ConventionsPanel:
    return place(qtbot, document, player, ConventionsPanel, (300, 800))


def click(switch: Segmented, value: object) -> None:
    QTest.mouseClick(switch.button(value), LEFT)


def select(panel: ConventionsPanel, *names: str) -> None:
    network = panel.lab.document.project.network
    ids = [next(n.id for n in network.neurons if n.name == name) for name in names]
    key = ids[0] if len(ids) == 1 else (ids[0], ids[1])
    panel.lab.selection.set(frozenset([key]), key)


def choose(panel: ConventionsPanel, wanted: Asked) -> None:
    """Choose with the keyboard what the number is."""
    choice, order = panel.reconciler.asked, list(Asked)
    choice.setFocus()
    steps = order.index(wanted) - order.index(choice.value)
    for _ in range(abs(steps)):
        QTest.keyClick(choice, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)
    assert choice.value is wanted


def answer(panel: ConventionsPanel, qtbot: QtBot, number: str) -> tuple[str, str]:
    reconciler = panel.reconciler
    type_into(reconciler.box, number)
    qtbot.waitUntil(lambda: not reconciler._waiting.busy)
    if not reconciler.answer.isVisible():
        return "", reconciler.problem.text()
    return reconciler.mark.text(), reconciler.answer.text()


def test_each_switch_is_one_undo_step_with_a_name(panel: ConventionsPanel, document: Document) -> None:
    click(panel.loss, "sum-squared")
    click(panel.reduction, Reduction.SUM)
    click(panel.delta, Delta.BY_A)
    click(panel.sign, Sign.ERROR)
    project = document.project
    assert (project.training.loss, project.training.reduction) == ("sum-squared", Reduction.SUM)
    assert project.conventions == Conventions(Delta.BY_A, Sign.ERROR)
    assert undo_texts(document) == [
        "Take the full square as the loss",
        "Take the sum over the batch",
        "Write e for ∂L/∂a",
        "Write errors (target − output)",
    ]
    for _ in range(4):
        document.stack.undo()
    assert document.project.conventions == Conventions()
    values = [panel.loss.value, panel.reduction.value, panel.delta.value, panel.sign.value]
    assert values == ["half-squared", Reduction.MEAN, Delta.BY_Z, Sign.GRADIENT]


def test_a_switch_says_whether_numbers_change_or_only_the_writing(panel: ConventionsPanel) -> None:
    click(panel.loss, "mean-squared")
    click(panel.delta, Delta.BY_A)
    assert panel.captions["loss"].text() == (
        "The numbers change: every e, gradient and step is 2/n = 1.00 times that of ½ Σ, with n = 2 outputs."
    )
    assert panel.captions["delta"].text().startswith("Only the writing changes: f′(z) is not in a neuron's e")


def test_every_word_has_the_letter_of_the_conventions(panel: ConventionsPanel, document: Document) -> None:
    asked = panel.reconciler.asked
    assert [asked.itemText(place) for place in (0, 1)] == ["δ = ∂L/∂z", "gradient ∂L/∂w"]
    click(panel.loss, "sum-squared")
    click(panel.delta, Delta.BY_A)
    click(panel.sign, Sign.ERROR)
    assert panel.letter.text() == "e"
    assert panel.captions["sign"].text().startswith("Only the writing changes: e begins with t − a")
    assert [asked.itemText(place) for place in (0, 1)] == ["e = −∂L/∂a", "−∂L/∂w"]
    words = [*(caption.text() for caption in panel.captions.values()), panel.example.text()]
    assert not any("δ" in text for text in words)


def test_the_box_asks_for_a_neuron_by_its_new_name(panel: ConventionsPanel, document: Document) -> None:
    network = document.project.network
    h1 = next(neuron.id for neuron in network.neurons if neuron.name == "h1")
    panel.lab.selection.set(frozenset({h1}))
    renamed = replace(
        document.project, network=network.with_neurons([replace(network.neuron_of[h1], name="abc")])
    )
    document.edit("Rename", renamed)
    assert panel.reconciler.box.placeholderText() == "the book's δ of abc = ∂L/∂z of this example"


def test_another_loss_leaves_the_switch_empty_and_can_be_exchanged(
    panel: ConventionsPanel, document: Document
) -> None:
    training = replace(document.project.training, loss="huber")
    document.edit("Set the loss", replace(document.project, training=training))
    assert panel.loss.value is None
    assert "Huber" in panel.captions["loss"].text()
    click(panel.loss, "half-squared")
    assert document.project.training.loss == "half-squared"
    assert panel.loss.value == "half-squared"


def test_the_example_follows_conventions_and_selection(panel: ConventionsPanel, qtbot: QtBot) -> None:
    assert panel.example.text() == "δ of h₁ = ∂L/∂z = 0.008771"
    assert panel.factor.text() == "the standard, ∂L/∂z of ½ Σ (a − t)²"
    click(panel.sign, Sign.ERROR)
    assert panel.example.text() == "δ of h₁ = −∂L/∂z = −0.008771"
    assert panel.factor.text().startswith("−1.00 times the standard")
    click(panel.delta, Delta.BY_A)
    select(panel, "o1")
    assert panel.example.text() == "e of o₁ = −∂L/∂a = −0.7414"
    click(panel.loss, "sum-squared")
    qtbot.waitUntil(lambda: panel.example.text() == "e of o₁ = −∂L/∂a = −1.483")
    assert panel.factor.text().startswith("−10.7 times the standard")


def test_a_books_number_is_answered_in_words(panel: ConventionsPanel, qtbot: QtBot) -> None:
    select(panel, "h1")
    assert answer(panel, qtbot, "0,0088") == (
        "✓",
        "0,0088 is right: δ of h₁ = ∂L/∂z of this example, as the program writes it.",
    )
    mark, text = answer(panel, qtbot, "0.0175427")
    assert (mark, "the full square" in text) == ("≈", True)
    mark, text = answer(panel, qtbot, "0.01201676")
    assert (mark, text) == ("✗", "No convention leads to it: it is 1.37 times this program's value.")
    assert panel.reconciler.when.text() == "At step 0 this program has 0.008771354689486937."


def test_what_is_asked_follows_selection_and_switches(panel: ConventionsPanel, qtbot: QtBot) -> None:
    select(panel, "h1", "o1")
    choose(panel, Asked.NEW_VALUE)
    mark, text = answer(panel, qtbot, "0.35891648")
    assert mark == "✓"
    assert "after the next update" in text
    # The same number is compared with what is chosen next.
    choose(panel, Asked.GRADIENT)
    qtbot.waitUntil(lambda: panel.reconciler.mark.text() == "✗")
    mark, _ = answer(panel, qtbot, "0.0821670")
    assert mark == "✓"
    click(panel.sign, Sign.ERROR)
    qtbot.waitUntil(lambda: panel.reconciler.mark.text() == "≈")


def test_an_answer_follows_training(panel: ConventionsPanel, player: Player, qtbot: QtBot) -> None:
    select(panel, "h1", "o1")
    choose(panel, Asked.NEW_VALUE)
    assert answer(panel, qtbot, "0.35891648")[0] == "✓"
    player.step()
    qtbot.waitUntil(lambda: panel.reconciler.mark.text() != "✓")
    assert "At step 1 " in panel.reconciler.when.text()


def test_the_captions_follow_the_data(qtbot: QtBot, qapp: object) -> None:
    document = Document(a_project("circle", batch_size=0, reduction=Reduction.SUM))
    player = Player(document)
    try:
        panel = place(qtbot, document, player, ConventionsPanel, (300, 800))
        project = document.project
        fewer = replace(project.data, examples=50)
        document.edit("Fewer examples", replace(project, data=fewer))
        count = len(document.prepared.x_train)
        assert panel.captions["reduction"].text().endswith(f"for {count:,} examples.")
    finally:
        player.close()


def test_what_cannot_be_asked_is_said(panel: ConventionsPanel, qtbot: QtBot) -> None:
    assert "is not a number" in answer(panel, qtbot, "about 3")[1]
    select(panel, "i1")
    choose(panel, Asked.GRADIENT)
    assert panel.reconciler.problem.text() == "i₁ is an input and has no bias: select an edge."
    assert answer(panel, qtbot, "0.1") == ("", "i₁ is an input and has no bias: select an edge.")


def test_the_box_says_what_is_asked(panel: ConventionsPanel) -> None:
    select(panel, "h1", "o1")
    choose(panel, Asked.GRADIENT)
    assert panel.reconciler.box.placeholderText() == "the book's ∂L/∂w h₁ → o₁ of this example"


def test_the_box_says_that_a_mean_is_asked_for(panel: ConventionsPanel, player: Player, qtbot: QtBot) -> None:
    select(panel, "h1", "o1")
    choose(panel, Asked.GRADIENT)
    player.look_at(Probe(Part.ALL))
    box = panel.reconciler.box
    asked = "the book's ∂L/∂w h₁ → o₁ over 1 example"
    qtbot.waitUntil(lambda: box.placeholderText() == asked)
    player.look_at(Probe())
    qtbot.waitUntil(lambda: box.placeholderText() == "the book's ∂L/∂w h₁ → o₁ of this example")


def test_switches_stand_beside_their_words_where_there_is_room(panel: ConventionsPanel, qtbot: QtBot) -> None:
    def side_by_side() -> bool:
        switch, caption = panel.sign, panel.captions["sign"]
        left, right = (widget.mapTo(panel, widget.rect().topLeft()) for widget in (switch, caption))
        return right.x() > left.x() and right.y() < left.y() + switch.height()

    assert not side_by_side()
    panel.resize(1200, 200)
    qtbot.waitUntil(side_by_side)
    panel.resize(400, 800)
    qtbot.waitUntil(lambda: not side_by_side())


def test_escape_takes_number_and_answer_away(panel: ConventionsPanel, qtbot: QtBot) -> None:
    assert answer(panel, qtbot, "0.0088")[0] == "✓"
    QTest.keyClick(panel.reconciler.box, Qt.Key.Key_Escape)
    assert panel.reconciler.box.text() == ""
    assert not panel.reconciler.answer.isVisible()


def test_one_number_is_followed_by_the_next(panel: ConventionsPanel, qtbot: QtBot) -> None:
    box = panel.reconciler.box
    assert answer(panel, qtbot, "0.0088")[0] == "✓"
    assert box.hasFocus()
    assert box.selectedText() == "0.0088"
    # While another one is typed, the answer to the first is no answer.
    QTest.keyClicks(box, "0.0")
    assert not panel.reconciler.answer.isVisible()
    QTest.keyClicks(box, "175427")
    QTest.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.reconciler.mark.text() == "≈")


def test_a_number_of_another_project_is_not_asked_about_this_one(
    panel: ConventionsPanel, document: Document, player: Player, qtbot: QtBot
) -> None:
    assert "is not a number" in answer(panel, qtbot, "abc")[1]
    document.open(templates.load("one-neuron"), None)
    qtbot.waitUntil(lambda: player.frame is not None)
    assert panel.reconciler.box.text() == ""
    assert panel.reconciler.problem.text() == ""


def test_what_was_asked_before_there_was_a_frame_is_answered_with_the_first(
    panel: ConventionsPanel, document: Document, player: Player, qtbot: QtBot
) -> None:
    document.open(templates.load("mazur"), None)
    assert player.frame is None
    type_into(panel.reconciler.box, "0.0088")
    assert panel.reconciler.problem.text() == ""
    qtbot.waitUntil(lambda: panel.reconciler.mark.text() == "✓")
