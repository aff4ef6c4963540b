"""The microscope: goes through one training step operation by operation, both ways, while training rests."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.engine.operations.operation import Operation, Phase
from backprop_gui.engine.operations.order import Pace
from backprop_gui.engine.operations.worked import WorkedExample
from backprop_gui.errors import UserError
from backprop_gui.network import Key
from backprop_gui.project import Project
from backprop_gui.ui.canvas.spotlight import Lights
from backprop_gui.ui.canvas.views import View
from backprop_gui.ui.document import Document
from backprop_gui.ui.listing import Listing
from backprop_gui.ui.operation_lights import lights_of
from backprop_gui.ui.operation_words import question_of
from backprop_gui.ui.past import worked_of
from backprop_gui.ui.player import Player, State

SPEEDS = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Steps a second that can be chosen."""
SIGNAL_SHARE, LONGEST_SIGNAL_MS = 0.75, 900
"""How much of the time between two steps the signal takes along the edges, and how long at most."""
STEPPED_SIGNAL_MS = 420
"""How long it takes after a single step."""
VIEW_OF = {
    Phase.FORWARD: View.FORWARD,
    Phase.LOSS: View.FORWARD,
    Phase.BACKWARD: View.BACKWARD,
    Phase.UPDATE: View.UPDATE,
}


class Microscope(QObject):
    """Where in a training step a person stands.

    While it is ``active``, one operation of the moment that the player shows is looked at. While training runs it
    rests; when training stops it goes on at the same operation with the new numbers, if there still is one.

    Attributes
    ----------
    pace : Pace
        How far one step goes.
    digits : int
        Significant digits of numbers in equations.
    speed : float
        Steps a second while it plays.
    playing : bool
        Whether it steps by itself.

    Signals
    -------
    rebuilt()
        There is another worked example, or none any more.
    moved()
        Another operation is looked at, the same with other numbers, or none any more.
    dressed()
        The digits, the pace or the speed are others.
    playing_changed(bool)
    pointed(frozenset of keys)
        These neurons and edges are pointed at, in an equation or on the picture; empty: none any more.
    view_wanted(View)
        The operation is of another phase than the one before, which this view of the picture shows.
    """

    rebuilt = Signal()
    moved = Signal()
    dressed = Signal()
    playing_changed = Signal(bool)
    pointed = Signal(object)
    view_wanted = Signal(object)

    def __init__(self, document: Document, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._player = document, player
        self.pace, self.digits, self.speed, self.playing = Pace.OPERATION, 4, 1.0, False
        self._worked: WorkedExample | None = None
        self._frame: Frame | None = None
        self._position: int | None = None
        self._phase: Phase | None = None
        self._pointed: frozenset[Key] = frozenset()
        self._before: Operation | None = None
        """The operation that was looked at before the moment changed."""
        self._then: Callable[[], None] | None = None
        """What a person wants as soon as the operations are listed."""
        self._listing = Listing(self)
        self._listing.listed.connect(self._listed)
        self._awaited: bool | None = None
        """Whether the moment that is asked for is one update further (True) or back; None if none is."""
        self._clock = QTimer(self)
        self._clock.timeout.connect(self.next)
        player.numbers.connect(self._see)
        player.state_changed.connect(self._state_changed)
        player.waiting.connect(self._wait)
        document.changed.connect(self._edited)
        document.opened.connect(self.leave)

    # ---- where it stands

    @property
    def worked(self) -> WorkedExample | None:
        """The worked example of the moment shown.

        None while training runs, nothing can be trained, or the operations of a large network are being listed.
        """
        if self._worked is None and self._frame is not None and self._listing.holds(self._frame.plan.network):
            self._worked = worked_of(self._frame, self._document)
        return self._worked

    @property
    def active(self) -> bool:
        """Whether an operation is looked at."""
        return self.operation is not None

    @property
    def position(self) -> int | None:
        """The number of the operation that is looked at; None for none."""
        return self._position if self._frame is not None else None

    @property
    def operation(self) -> Operation | None:
        """The operation that is looked at; None for none."""
        place = self.position
        worked = None if place is None else self.worked
        return None if worked is None or place is None else worked.operations[place]

    @property
    def is_listing(self) -> bool:
        """Whether the operations of a large network are being listed."""
        return self._frame is not None and self._listing.is_busy_with(self._frame.plan.network)

    def lights(self) -> Lights | None:
        """Return what the operation lights on the picture; None for none."""
        operation, worked, turns = self.operation, self._worked, self._listing.turns
        if operation is None or worked is None or turns is None:
            return None
        return lights_of(worked, turns, operation, self.digits)

    @property
    def signal_ms(self) -> int:
        """How long its signal runs along the edges."""
        if not self.playing:
            return STEPPED_SIGNAL_MS
        return round(min(LONGEST_SIGNAL_MS, SIGNAL_SHARE * 1000 / self.speed))

    @property
    def can_go_back(self) -> bool:
        """Whether there is an operation before the one that is looked at, in this update or in one before."""
        worked, place = self.worked, self.position
        if worked is None:
            return False
        is_first = place is not None and bisect_left(worked.stops(self.pace), place) == 0
        return not is_first or worked.frame.step > worked.frame.span.first_step

    def wake(self) -> None:
        """Take the moment that the player shows, so that there is a worked example to be listed."""
        if self._frame is None and self._player.state is not State.RUNNING and self._player.frame is not None:
            self._frame, self._worked = self._player.frame, None

    # ---- what people do

    def next(self) -> None:
        """Go one step further; after the last operation make the update and begin again."""
        worked = self._begin(self.next)
        if worked is None:
            return
        stops, place = worked.stops(self.pace), self.position
        if place is None:
            self.go(stops[0])
            return
        further = bisect_right(stops, place)
        if further < len(stops):
            self.go(stops[further])
        elif self._awaited is None:
            self._awaited = True
            if worked.frame.past:
                self._player.past.look_at_step(worked.frame.step + 1)
            else:
                self._player.step_batch()

    def previous(self) -> None:
        """Go one step back; before the first operation, to the end of the update before, where it is kept."""
        worked = self._begin(self.previous)
        if worked is None:
            return
        stops, place = worked.stops(self.pace), self.position
        before = bisect_left(stops, place if place is not None else len(worked.operations))
        if before > 0:
            self.go(stops[before - 1])
        elif self._awaited is None and self.can_go_back:
            self._awaited = False
            self._player.past.step_back()

    def first(self) -> None:
        """Go to the first operation."""
        worked = self._begin(self.first)
        if worked is not None:
            self.go(worked.stops(self.pace)[0])

    def last(self) -> None:
        """Go to the last operation."""
        worked = self._begin(self.last)
        if worked is not None:
            self.go(len(worked.operations) - 1)

    def go(self, place: int) -> None:
        """Look at an operation by its number."""
        worked = self._begin(partial(self.go, place))
        if worked is None:
            return
        self._position, self._awaited = max(0, min(len(worked.operations) - 1, place)), None
        self._tell()

    def look_at(self, key: Key, view: View) -> None:
        """Look at the operation that makes what ``view`` shows at a neuron or an edge, if there is one."""
        worked = self._begin(partial(self.look_at, key, view))
        operation = None if worked is None else operation_at(worked, key, view)
        if operation is not None:
            self.go(operation.number)

    def open_at(self, key: Key | None, view: View) -> None:
        """Look at the operation behind what ``view`` shows at ``key``; else at the first."""
        if self._begin(partial(self.open_at, key, view)) is None:
            return
        if key is not None:
            self.look_at(key, view)
        if not self.active:
            self.first()

    def leave(self) -> None:
        """Look at no operation any more."""
        self.pause()
        self._awaited = self._then = None
        if self._position is not None:
            self._position = self._phase = None
            self.moved.emit()

    def play(self) -> None:
        """Go on step by step, at ``speed``, until paused."""
        if self._begin(self.play) is None:
            return
        if not self.playing:
            self.playing = True
            self.playing_changed.emit(True)
            self.next()
        self._clock.start(round(1000 / self.speed))

    def pause(self) -> None:
        """Stay at the operation."""
        self._clock.stop()
        if self.playing:
            self.playing = False
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        """Go on step by step, or stay."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def set_speed(self, steps_a_second: float) -> None:
        """Play at another speed."""
        self.speed = steps_a_second
        if self.playing:
            self._clock.start(round(1000 / steps_a_second))
        self.dressed.emit()

    def set_pace(self, pace: Pace) -> None:
        """Step by operation, neuron, layer or phase."""
        self.pace = pace
        self.dressed.emit()

    def set_digits(self, digits: int) -> None:
        """Write numbers with other significant digits."""
        self.digits = digits
        self.dressed.emit()

    def point(self, keys: frozenset[Key]) -> None:
        """Say that somebody points at neurons and edges, wherever it be: whatever shows them lights them."""
        if keys != self._pointed:
            self._pointed = keys
            self.pointed.emit(keys)

    # ---- what happens elsewhere

    def _begin(self, then: Callable[[], None]) -> WorkedExample | None:
        """Return the worked example, after training has been paused for it.

        None if there is none yet; once the operations are listed, ``then`` is called.
        """
        if self._player.state is State.RUNNING:
            self._player.pause()
        self.wake()
        worked = self.worked
        self._then = then if worked is None and self.is_listing else None
        return worked

    def _see(self, frame: Frame) -> None:
        if self._player.state is State.RUNNING:
            return
        if frame is not self._frame:
            self._take(frame)

    def _take(self, frame: Frame | None) -> None:
        """Look at another moment: at the same operation, if it has it."""
        if not self.is_listing:
            self._before = self.operation
        self._frame, self._worked = frame, None
        self._settle()

    def _settle(self) -> None:
        """Look at the same operation of another moment, as soon as its operations are listed."""
        worked = self.worked if self._position is not None else None
        before, awaited = self._before, self._awaited
        if not self.is_listing:
            self._before = self._awaited = None
        if worked is not None:
            same = None if before is None else worked.find(before.subject, before.kind)
            if awaited is not None:
                self._position = worked.stops(self.pace)[0 if awaited else -1]
                self._follow_batch(worked.frame)
            elif same is not None:
                self._position = same.number
            else:
                self._position = min(self._position or 0, len(worked.operations) - 1)
        self.rebuilt.emit()
        if self._position is not None:
            self._tell()

    def _listed(self) -> None:
        then, self._then = self._then, None
        if self._frame is None:
            return
        self._settle()
        if then is not None:
            then()

    def _follow_batch(self, frame: Frame) -> None:
        """Look at the example that comes next, where each update learns from one."""
        batch = frame.coming.batch
        if len(batch) == 1 and frame.probe.part is Part.TRAIN and frame.probe.index != int(batch[0]):
            self._player.look_at(Probe(Part.TRAIN, int(batch[0])))

    def _tell(self) -> None:
        operation = self.operation
        if operation is not None and VIEW_OF[operation.phase] is not (
            None if self._phase is None else VIEW_OF[self._phase]
        ):
            self.view_wanted.emit(VIEW_OF[operation.phase])
        self._phase = None if operation is None else operation.phase
        self.moved.emit()

    def _edited(self, old: Project, new: Project) -> None:
        if self._frame is None or self._player.state is State.RUNNING:
            return
        if new.conventions != old.conventions:
            self._take(self._frame)

    def _state_changed(self, state: State) -> None:
        if state is State.RUNNING:
            self.pause()
            if self._frame is not None:
                self._frame = self._worked = None
                self.rebuilt.emit()
                self.moved.emit()
        elif self._player.frame is not None:
            self._take(self._player.frame)

    def _wait(self, obstacle: UserError | None) -> None:
        if obstacle is not None:
            self.pause()
            self._take(None)
            self.moved.emit()


def operation_at(worked: WorkedExample, key: Key, view: View) -> Operation | None:
    """Return the operation that makes what a view shows at a neuron or an edge; None for an input."""
    asked = question_of(worked.frame.plan.network, key, view)
    return None if asked is None else worked.find(*asked)


__all__ = ["SPEEDS", "Microscope", "operation_at"]
