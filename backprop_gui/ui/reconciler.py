"""Reconcile: a book's number typed in, and in words under which convention it is right."""

from __future__ import annotations

from concurrent.futures import Future

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from backprop_gui.engine.conventions import Conventions
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.questions import Asked, Basis, Question
from backprop_gui.engine.reading import names
from backprop_gui.engine.reconcile import Mark, Verdict, name_of, reconcile
from backprop_gui.errors import UserError
from backprop_gui.network import Key, Kind
from backprop_gui.numerals import format_exact, read_book_number
from backprop_gui.project import examples_of
from backprop_gui.ui.background import Waiting, in_background
from backprop_gui.ui.errors import unexpected
from backprop_gui.ui.names import as_drawn
from backprop_gui.ui.panel import Lab
from backprop_gui.ui.past import made_with
from backprop_gui.ui.player import State
from backprop_gui.ui.probe_words import over_what
from backprop_gui.ui.speech import say
from backprop_gui.ui.widgets.choice import Choice
from backprop_gui.ui.widgets.column import muted
from backprop_gui.ui.widgets.looks import set_look
from backprop_gui.ui.widgets.message import Message
from backprop_gui.ui.widgets.typing_box import TypingBox
from backprop_gui.ui.widgets.wrapped import Wrapped

TONES = {Mark.RIGHT: "good", Mark.OTHERWISE: "warning", Mark.WRONG: "bad"}
WAITING = "This works once the network can be trained: draw it to its end first."


class BookBox(TypingBox):
    """Takes a number as it is printed, and keeps it as it was typed.

    Signals
    -------
    asked(str)
        What was typed, on Enter.
    """

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText("the book's number")
        self.setAccessibleName("the book's number")
        self.setToolTip(
            "Type the number as it is printed, such as 0.0088, 0,0088, −3/4 or 1.2e-3, and press Enter. "
            "Its digits say how exactly it is meant."
        )
        self.returnPressed.connect(self._ask)

    def after_enter(self) -> None:
        # One number is followed by the next; what is typed then must not become keys of the drawing.
        self.selectAll()

    def take_back(self) -> None:
        self.clear()
        self.asked.emit("")

    def _ask(self) -> None:
        self.asked.emit(self.text())


class Reconciler(QWidget):
    """Asks about what is selected, and answers in sentences."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab
        self._key: Key | None = None
        self._answered: Frame | None = None
        self._awaits_frame = False
        self._waiting = Waiting(self)
        self.asked = Choice(
            [
                (Asked.DELTA, "δ = ∂L/∂z", "Of the neuron; of an edge, that of the neuron it leads to"),
                (Asked.GRADIENT, "gradient ∂L/∂w", "The derivative of the loss by the weight or the bias"),
                (Asked.NEW_VALUE, "new weight or bias", "After the next update"),
            ],
            "What the book's number is",
            "What the book's number is",
        )
        # The letters of no convention are cut short.
        self.asked.setMinimumContentsLength(11)
        self.asked.set_value(Asked.DELTA)
        self.asked.chosen.connect(self._chosen)
        self.box = BookBox()
        self.box.asked.connect(self._ask)
        self.box.textEdited.connect(self._typing)
        lab.document.opened.connect(self.box.take_back)
        self._over = ""
        """Over which examples the numbers are that the box asks for."""
        self.problem = Message()
        self.mark = QLabel()
        self.mark.setProperty("role", "chip")
        self.mark.setVisible(False)
        self.answer = Wrapped()
        self.answer.setVisible(False)
        self.when = muted(role="caption")
        self.when.setVisible(False)
        self._arrange()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        line = QHBoxLayout()
        line.addWidget(self.box, 1)
        line.addWidget(self.mark)
        self._asking = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._asking.addWidget(self.asked)
        self._asking.addLayout(line, 1)
        column.addLayout(self._asking)
        for widget in (self.problem, self.answer, self.when):
            column.addWidget(widget)

    def set_wide(self, wide: bool) -> None:
        """Put what is asked beside the number or above it."""
        direction = QBoxLayout.Direction
        self._asking.setDirection(direction.LeftToRight if wide else direction.TopToBottom)

    # ---- being told

    def set_conventions(self, conventions: Conventions) -> None:
        """Offer the numbers under the names that ``conventions`` give them."""
        called = names(conventions)
        self.asked.set_label(Asked.DELTA, f"{called.delta} = {called.delta_meaning}")
        self.asked.set_label(
            Asked.GRADIENT, called.gradient if called.is_opposite else f"gradient {called.gradient}"
        )

    def look_at(self, key: Key | None) -> None:
        """Ask about a neuron or an edge from now on; None while there is none."""
        if key != self._key:
            self._key = key
            self.ask_again()

    def show_frame(self, frame: Frame) -> None:
        """Answer again about another moment, while nothing plays."""
        answered, paused = self._answered, self._lab.player.state is State.PAUSED
        outdated = answered is not None and answered is not frame and paused
        over = over_what(frame)
        if self._awaits_frame or outdated:
            self.ask_again()
        elif over != self._over:
            self._say_what()
        self._over = over

    def ask_again(self) -> None:
        """Answer again what stands in the box, because something has changed that the answer depends on."""
        self._ask(self.box.text())

    # ---- asking

    @property
    def question(self) -> Question | None:
        """What is asked; None where there is no such number."""
        key, asked = self._key, self.asked.value
        if key is None:
            return None
        if asked is Asked.DELTA:
            return Question(asked, key[1] if isinstance(key, tuple) else key)
        network = self._lab.document.project.network
        if not isinstance(key, tuple) and network.neuron_of[key].bias is None:
            return None
        return Question(asked, key)

    def _chosen(self, asked: Asked) -> None:
        self.ask_again()

    def _typing(self) -> None:
        """Take back the answer to another number than the one that stands in the box now."""
        self._waiting.forget()
        self._show_nothing(self._say_what(), "muted")

    def _say_what(self) -> str:
        """Name in the box what is asked, and return why nothing can be."""
        network, key, question = self._lab.document.project.network, self._key, self.question
        name = "" if question is None else _words(self._lab, question)
        self.box.setPlaceholderText(f"the book's {name or 'number'}")
        if key is None:
            return "Select a neuron or an edge."
        if question is None and not isinstance(key, tuple):
            neuron = network.neuron_of[key]
            why = "is an input and has no bias" if neuron.kind is Kind.INPUT else "has no bias"
            return as_drawn(f"{neuron.name} {why}: select an edge.", network)
        return ""

    def _ask(self, text: str) -> None:
        frame, question, document = self._lab.player.frame, self.question, self._lab.document
        self._waiting.forget()
        why = self._say_what()
        if why or not text.strip() or question is None:
            self._show_nothing(why, "muted")
            return
        if frame is None:
            self._show_nothing(WAITING if document.obstacle is not None else "")
            self._awaits_frame = True
            return
        if not _knows(frame, question):
            # The frame of an edit that has just been made is on its way.
            self._show_nothing("")
            self._awaits_frame = True
            return
        try:
            book = read_book_number(text)
        except UserError as error:
            self._show_nothing(str(error))
            return
        origin, conventions = made_with(frame, document), document.project.conventions

        def work() -> Verdict:
            examples = examples_of(origin.prepared)
            basis = Basis.of(frame, examples, origin.project.training, conventions)
            return reconcile(basis, question, book)

        def done(future: Future[Verdict]) -> None:
            error = future.exception()
            if error is None:
                self._show(future.result(), frame)
            else:
                self._show_nothing(str(error) if isinstance(error, UserError) else unexpected(error))

        self._answered = frame
        self._waiting.for_(in_background(work), done)

    # ---- answering

    def _show_nothing(self, problem: str, tone: str = "bad") -> None:
        self._answered, self._awaits_frame = None, False
        self.problem.say(problem, tone)
        for widget in (self.mark, self.answer, self.when):
            widget.setVisible(False)

    def _show(self, verdict: Verdict, frame: Frame) -> None:
        self.problem.say("")
        text = as_drawn("\n".join(verdict.sentences), frame.plan.network)
        tone = TONES[verdict.mark]
        self.mark.setText(verdict.mark.value)
        set_look(self.mark, "tone", tone)
        self.mark.setAccessibleName({"good": "right", "warning": "right otherwise", "bad": "wrong"}[tone])
        if text != self.answer.text():
            self.answer.setText(text)
            self.answer.setAccessibleName(text)
            say(self.answer, text)
        exact = format_exact(verdict.value)
        self.when.setText(f"At step {frame.step:,} this program has {exact}.")
        for widget in (self.mark, self.answer, self.when):
            widget.setVisible(True)


def _words(lab: Lab, question: Question) -> str:
    """Return what is asked, as it is written under the present conventions."""
    frame = lab.player.frame
    if frame is None or not _knows(frame, question):
        return ""
    # The frame may be of before a neuron got its present name.
    network = lab.document.project.network
    name = as_drawn(name_of(network, question, lab.document.project.conventions), network)
    end = "after the next update" if question.asked is Asked.NEW_VALUE else over_what(frame)
    return f"{name} {end}"


def _knows(frame: Frame, question: Question) -> bool:
    network = frame.plan.network
    if isinstance(question.key, tuple):
        return question.key in network.edge_of
    neuron = network.neuron_of.get(question.key)
    return neuron is not None and (question.asked is Asked.DELTA or neuron.bias is not None)


__all__ = ["BookBox", "Reconciler"]
