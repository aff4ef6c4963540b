"""The panel "Training": every setting takes effect while it trains, as one undo step a gesture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider, QComboBox, QLabel, QScrollArea, QScrollBar
from pytestqt.qtbot import QtBot

from backprop_gui.data import default_settings, load
from backprop_gui.engine import CHOICES, INITIALIZERS, OPTIMIZERS
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.settings import Reduction
from backprop_gui.project import with_data
from backprop_gui.ui.document import Document
from backprop_gui.ui.panels.training import HYPER_PARAMETERS, NUMBERS, TrainingPanel
from backprop_gui.ui.player import Player
from backprop_gui.ui.widgets.choice import Choice
from backprop_gui.ui.widgets.message import Message
from tests.ui.panel_lab import drag, place, turn_wheel, type_into, undo_texts

LEFT = Qt.MouseButton.LeftButton
After = Callable[..., Frame]


@pytest.fixture
def panel(qtbot: QtBot, document: Document, player: Player) -> TrainingPanel:
    return place(qtbot, document, player, TrainingPanel, (260, 900))


def said(panel: TrainingPanel) -> str:
    return " ".join(message.text() for message in panel.findChildren(Message) if message.isVisible())


def choose(choice: Choice, value: str) -> None:
    """Choose with the keyboard, as a person would."""
    choice.setFocus()
    while choice.value != value:
        before = choice.currentIndex()
        names = [choice.itemText(index) for index in range(choice.count())]
        assert before < len(names) - 1, f"{value} is not below"
        QTest.keyClick(choice, Qt.Key.Key_Down)


def test_every_registered_thing_is_offered_with_its_formula(panel: TrainingPanel) -> None:
    for name, choice in panel.choices.items():
        assert [choice.itemText(i) for i in range(choice.count())] == [
            entry.label for entry in CHOICES[name].values()
        ]
    tips = [
        panel.choices["optimizer"].itemData(i, Qt.ItemDataRole.ToolTipRole)
        for i in range(panel.choices["optimizer"].count())
    ]
    assert tips == [optimizer.formula for optimizer in OPTIMIZERS.values()]


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_only_what_the_optimizer_uses_is_shown(panel: TrainingPanel, document: Document, name: str) -> None:
    training = replace(document.project.training, optimizer=name)
    document.edit("Other", replace(document.project, training=training))
    shown = {key for key in HYPER_PARAMETERS if panel.rows[key].isVisible()}
    assert shown == set(OPTIMIZERS[name].uses)
    assert panel.formulas["optimizer"].text().replace("\n", ";  ") == OPTIMIZERS[name].formula


def test_every_number_setting_can_be_typed(panel: TrainingPanel, document: Document) -> None:
    for name in NUMBERS:
        type_into(panel.rows[name].field, "1" if name in ("schedule_epochs", "patience", "seed") else "1/8")
        assert getattr(document.project.training, name) in (1, 0.125)
    assert isinstance(document.project.training.patience, int)
    assert document.stack.count == len(NUMBERS)


def test_the_learning_rate_takes_effect_while_it_trains(
    panel: TrainingPanel, document: Document, player: Player, next_frame: After
) -> None:
    first = player.frame
    assert first is not None
    frame = next_frame(lambda: type_into(panel.rate, "0,5"), accept=lambda frame: frame is not first)
    assert document.project.training.learning_rate == 0.5
    assert undo_texts(document) == ["Set the learning rate to 0.5"]
    # The step of plain gradient descent is proportional to the rate, which was 1.
    assert frame.update == pytest.approx(first.update / 2, rel=1e-12)


def test_a_rate_that_cannot_be_is_explained_and_not_taken(panel: TrainingPanel, document: Document) -> None:
    type_into(panel.rate, "-1")
    assert "Learning rate must be from 0" in said(panel)
    assert undo_texts(document) == []
    QTest.keyClick(panel.rate, Qt.Key.Key_Escape)
    assert said(panel) == ""


def test_dragging_the_rate_is_one_undo_step(panel: TrainingPanel, document: Document, qtbot: QtBot) -> None:
    slider = panel.rate_slider.slider
    start, rates = document.project.training.learning_rate, set()
    document.changed.connect(lambda old, new: rates.add(new.training.learning_rate))
    drag(slider, (20, 15, 10, 5), qtbot)
    assert len(rates) > 1, "a drag must be seen while it lasts"
    assert document.stack.count == 1
    document.stack.undo()
    assert document.project.training.learning_rate == start


def test_a_second_drag_is_a_second_step(panel: TrainingPanel, document: Document, qtbot: QtBot) -> None:
    slider = panel.rate_slider.slider
    drag(slider, (10,), qtbot)
    drag(slider, (20,), qtbot)
    assert document.stack.count == 2


def test_the_wheel_changes_nothing_but_the_scroll_bar(
    panel: TrainingPanel, document: Document, qtbot: QtBot
) -> None:
    panel.resize(260, 300)
    bar = panel.findChild(QScrollArea).verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    controls = [*panel.findChildren(QComboBox), *panel.findChildren(QAbstractSlider)]
    for control in [
        control for control in controls if not isinstance(control, QScrollBar) and control.isVisible()
    ]:
        control.setFocus()
        bar.setValue(0)
        turn_wheel(control)
        assert bar.value() > 0, (control, control.accessibleName())
    assert undo_texts(document) == []


def test_all_examples_or_batches(panel: TrainingPanel, document: Document) -> None:
    assert panel.all_examples.isChecked()
    assert panel.batch.text() == "4"
    panel.all_examples.setFocus()
    QTest.keyClick(panel.all_examples, Qt.Key.Key_Space)
    assert document.project.training.batch_size == 4
    type_into(panel.batch, "3")
    assert document.project.training.batch_size == 3
    type_into(panel.batch, "0")
    assert "Batch size must be from 1" in said(panel)
    assert document.project.training.batch_size == 3


def test_a_size_of_the_batch_that_is_no_number_asks_for_a_whole_one(panel: TrainingPanel) -> None:
    panel.all_examples.click()
    type_into(panel.batch, "abc")
    assert "“abc” is not a number: write a whole number such as 10." in said(panel)
    type_into(panel.rate, "abc")
    assert "1/3" in said(panel)


def test_people_read_one_spelling(panel: TrainingPanel, document: Document) -> None:
    choose(panel.choices["optimizer"], "adam")
    choose(panel.choices["initializer"], list(INITIALIZERS)[-1])
    read = [text for label in panel.findChildren(QLabel) for text in (label.text(), label.accessibleName())]
    read += [choice.accessibleName() for choice in panel.choices.values()]
    assert {"OPTIMISER", "REGULARISATION", "Optimiser", "Initialiser"} <= set(read)
    texts = " ".join([*read, *undo_texts(document)]).lower()
    assert "set the optimiser to" in texts
    assert not [word for word in ("optimizer", "initializer", "regulariz") if word in texts]


def test_all_examples_follow_the_data(panel: TrainingPanel, document: Document) -> None:
    moons = default_settings("moons")
    document.edit("Moons", with_data(document.project, load(moons), moons))
    assert panel.batch.text() == "140"


def test_the_reduction_and_the_precision(panel: TrainingPanel, document: Document) -> None:
    QTest.mouseClick(panel.reduction.button(Reduction.SUM), LEFT)
    QTest.mouseClick(panel.precision.button("float32"), LEFT)
    assert document.project.training.reduction is Reduction.SUM
    assert document.project.training.precision == "float32"
    document.stack.undo()
    document.stack.undo()
    assert panel.reduction.value is Reduction.MEAN
    assert panel.precision.value == "float64"


def test_the_rate_of_the_schedule_is_shown(panel: TrainingPanel, next_frame: After, player: Player) -> None:
    choose(panel.choices["schedule"], "step")
    type_into(panel.rows["schedule_epochs"].field, "1")
    next_frame(player.step, accept=lambda frame: frame.epoch == 1)
    labels = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    assert "η is 0.500 in this epoch" in labels


def test_a_loss_that_does_not_suit_the_outputs_is_said(panel: TrainingPanel, document: Document) -> None:
    choose(panel.choices["loss"], "cross-entropy")
    assert "softmax is always 1" in said(panel)
    document.stack.undo()
    assert said(panel) == ""
    network = document.project.network.with_activation([document.project.network.outputs[0].id], "tanh")
    document.edit("Other output", replace(document.project, network=network))
    assert "outputs between 0 and 1" in said(panel)
