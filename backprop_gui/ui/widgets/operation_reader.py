"""One operation to be read: what it does and why, its equations, and what its result is made of."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from backprop_gui.engine.operations.ledger import Ledger, delta_ledger
from backprop_gui.engine.operations.operation import Kind, Operation
from backprop_gui.engine.operations.paths import Paths, paths
from backprop_gui.engine.operations.worked import WorkedExample
from backprop_gui.engine.reading import names
from backprop_gui.network import Key, Network
from backprop_gui.numerals import counted
from backprop_gui.ui.names import as_drawn, display_name
from backprop_gui.ui.typeset.type import Style
from backprop_gui.ui.typeset.view import EquationView
from backprop_gui.ui.widgets.ledger_view import LedgerView, Line
from backprop_gui.ui.widgets.wrapped import Wrapped

PX, LOW_EQUATION_PX = 17, 15
MARGIN = 14
BESIDE_PX, LOW_BESIDE_PX = 880, 640
"""Width from which the ledger stands beside the equations and not below them, where what is below is out of sight."""
LOW_PX = 200
"""Where it is lower, as much as possible is to be seen without scrolling."""
SHARES, PATH_SHARES = (5, 4), (4, 6)
"""How the equations and the ledger share the width: a gradient's equation is short, its paths have many factors."""
MOST_LINES = 12
"""Longer sums are folded: the largest terms, and the rest in one line."""
DELTAS = (Kind.OUTPUT_DELTA, Kind.HIDDEN_DELTA)

OF_EACH = "Each example has its own paths to the loss: look at one of them to see its paths."


class OperationReader(QScrollArea):
    """Shows one operation; scrolls where there is no room.

    Signals
    -------
    pointed(frozenset of keys)
        A term or a line of these neurons and edges is pointed at; empty: none any more.
    """

    pointed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = QWidget()
        self._title = QLabel()
        font = QFont(self._title.font())
        font.setPixelSize(font.pixelSize() + 2 if font.pixelSize() > 0 else 15)
        font.setWeight(QFont.Weight.DemiBold)
        self._title.setFont(font)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._why = Wrapped("")
        self._why.setProperty("role", "muted")
        self.equations = EquationView(Style(PX))
        self.equations.pointed.connect(self.pointed)
        self._sentence = Wrapped("")
        for words in (self._why, self._sentence):
            words.setTextFormat(Qt.TextFormat.PlainText)
        self.ledger = LedgerView()
        self.ledger.pointed.connect(self.pointed)
        self.ledger.reached.connect(self._bring_into_sight)
        self._parts = QWidget()
        left, right = QVBoxLayout(), QVBoxLayout(self._parts)
        right.setContentsMargins(0, 0, 0, 0)
        for column in (left, right):
            column.setSpacing(6)
        left.addWidget(self._title)
        # The equations come first: their last line, the result, is to be seen wherever there is little room.
        left.addWidget(self.equations)
        left.addWidget(self._why)
        left.addStretch(1)
        right.addWidget(self._sentence)
        right.addWidget(self.ledger)
        right.addStretch(1)
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._inside)
        self._row.setContentsMargins(MARGIN, 8, MARGIN, 10)
        self._row.setSpacing(10)
        self._row.addLayout(left)
        self._row.addWidget(self._parts)
        self.equations.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setWidget(self._inside)
        self.show_words("", "")

    def show_words(self, title: str, why: str) -> None:
        """Show no operation, but a few words instead."""
        self._say(title, why)
        self.equations.show_equations(())
        self.equations.hide()
        self._sentence.hide()
        self._parts.hide()
        self.ledger.show_lines((), (), ("", ""), 4)

    def show_operation(self, worked: WorkedExample, operation: Operation, digits: int, *, anew: bool) -> None:
        """Show an operation; ``anew``: another one than before."""
        network = worked.frame.plan.network
        self._say(as_drawn(operation.title, network), operation.why)
        self.equations.show()
        self.equations.set_digits(digits)
        self.equations.show_equations(worked.equations(operation), anew=anew)
        self._show_parts(worked, operation, digits)
        if anew:
            self.verticalScrollBar().setValue(0)

    def set_lit(self, keys: frozenset[Key]) -> None:
        """Mark what belongs to neurons and edges that are pointed at."""
        self.equations.set_lit(keys)
        self.ledger.set_lit(keys)

    def _say(self, title: str, why: str) -> None:
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._why.setText(why)

    def _show_parts(self, worked: WorkedExample, operation: Operation, digits: int) -> None:
        network, key = worked.frame.plan.network, operation.subject
        sentence = ""
        if operation.kind in DELTAS and isinstance(key, int):
            ledger = delta_ledger(worked.frame, key, worked.conventions, MOST_LINES)
            sentence = as_drawn(ledger.sentence, network)
            lines, ends = ledger_lines(ledger, network)
            self.ledger.setAccessibleName(f"What {names(worked.conventions).delta} is made of")
            self.ledger.show_lines(lines, ends, ("comes back over", ledger.factors), digits)
        elif operation.kind is Kind.GRADIENT and worked.frame.rows is not None:
            # The products of means are not the mean of the products.
            sentence = OF_EACH
            self.ledger.show_lines((), (), ("", ""), digits)
        elif operation.kind is Kind.GRADIENT and key is not None:
            found = paths(worked.frame, key, worked.conventions, MOST_LINES)
            called = names(worked.conventions).the_gradient("w" if isinstance(key, tuple) else "b")
            lines, ends = path_lines(found, key, network, called)
            count = counted(found.count, "path")
            sentence = f"{called[0].upper()}{called[1:]} adds up over {count} from here to the loss."
            self.ledger.setAccessibleName("Paths to the loss")
            self.ledger.show_lines(lines, ends, ("path to the loss", "product"), digits)
        else:
            self.ledger.show_lines((), (), ("", ""), digits)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self._parts.setVisible(bool(self.ledger.lines or sentence))
        for place, share in enumerate(PATH_SHARES if operation.kind is Kind.GRADIENT else SHARES):
            self._row.setStretch(place, share)

    def _bring_into_sight(self, line: QRect) -> None:
        middle = self.ledger.mapTo(self._inside, line.center())
        self.ensureVisible(middle.x(), middle.y(), 0, line.height() // 2 + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_low = self.viewport().height() < LOW_PX
        beside = self.viewport().width() >= (LOW_BESIDE_PX if is_low else BESIDE_PX)
        self.equations.set_px(LOW_EQUATION_PX if is_low else PX)
        self._row.setContentsMargins(MARGIN, 2 if is_low else 8, MARGIN, 2 if is_low else 10)
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.LeftToRight if beside else ways.TopToBottom)
        self._row.setSpacing((16 if is_low else 28) if beside else 10)


def ledger_lines(ledger: Ledger, network: Network) -> tuple[list[Line], list[Line]]:
    """Return the terms of a delta, and what they lead to."""
    lines: list[Line] = []
    if ledger.own is not None:
        lines.append(Line("the loss itself", (), ledger.own, ledger.own_share, frozenset({ledger.neuron})))
    for one in ledger.contributions:
        name = f"→ {display_name(network.neuron_of[one.edge[1]].name)}"
        lines.append(Line(name, one.factors, one.product, one.share, frozenset({one.edge, one.edge[1]})))
    if ledger.rest_count:
        lines.append(Line(f"{ledger.rest_count:,} more", (), ledger.rest, ledger.rest_share))
    if not lines:
        return [], []
    name = f"{ledger.letter} of {display_name(ledger.name)}"
    ends = [Line("sum", (), ledger.total)] if len(lines) > 1 and ledger.slope is not None else []
    if ledger.slope is not None and ledger.own_in_total:
        name = f"× f′(z)  =  {name}"
    ends.append(Line(name, (), ledger.delta, None, frozenset({ledger.neuron})))
    return lines, ends


def path_lines(found: Paths, key: Key, network: Network, called: str) -> tuple[list[Line], list[Line]]:
    """Return the paths of a gradient to the loss, and their sum, which is ``called`` so."""
    sizes = sum(abs(path.product) for path in found.shown) + abs(found.rest) or 1.0
    lines: list[Line] = []
    for path in found.shown:
        names = [display_name(network.neuron_of[id].name) for id in path.neurons]
        start = [display_name(network.neuron_of[key[0]].name)] if isinstance(key, tuple) else []
        steps = [
            *([key] if isinstance(key, tuple) else []),
            *zip(path.neurons, path.neurons[1:], strict=False),
        ]
        keys: frozenset[Key] = frozenset({*path.neurons, *steps})
        lines.append(
            Line(" → ".join([*start, *names]), path.factors, path.product, abs(path.product) / sizes, keys)
        )
    if found.rest_count:
        lines.append(Line(f"{found.rest_count:,} more", (), found.rest, abs(found.rest) / sizes))
    return lines, [Line(f"sum  =  {called}", (), found.total)]


__all__ = ["OperationReader", "ledger_lines", "path_lines"]
