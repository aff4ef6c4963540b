"""What is learned now, as it is known outside the trainer: the last frame, and the changes that it does not know of."""

from __future__ import annotations

from backprop_gui.engine.attic import Attic
from backprop_gui.engine.carry import Carry, Key
from backprop_gui.engine.frame import Frame
from backprop_gui.engine.learned import Learned, drawn_start
from backprop_gui.engine.run import Run
from backprop_gui.network import Network


class Present:
    """Follows a drawing that is edited, by the same rules as the trainer, which is always a moment ahead.

    Attributes
    ----------
    last : Frame or None
        The newest frame there has been.
    """

    def __init__(self, network: Network, run: Run | None) -> None:
        """Begin with a drawing, and where its training stood when it was opened."""
        self.last: Frame | None = None
        self._network, self._opened = network, (network, run)
        self._unseen: list[tuple[Network, Carry]] = []
        """The changes that no frame knows of yet."""
        self._known: tuple[Learned, Attic, int] | None = None
        """What is known so far, and how many of the unseen changes are in it."""

    def change(self, network: Network, how: Carry) -> None:
        """Take note of a change of the drawing."""
        self._network = network
        self._unseen.append((network, how))

    def know(self, frame: Frame) -> None:
        """Count from ``frame`` on: it knows of some of the changes."""
        numbers = [how.leaves for _, how in self._unseen]
        if frame.change in numbers:
            del self._unseen[: len(numbers) - numbers[::-1].index(frame.change)]
        self.last, self._known = frame, None

    @property
    def learned(self) -> Learned | None:
        """The present values of what is drawn; None where nothing has been trained yet: the drawn ones."""
        if self._known is None:
            frame, (drawn, run) = self.last, self._opened
            if frame is not None:
                theta = frame.theta[frame.plan.slots]
                self._known = Learned(frame.plan.network, theta, {}), frame.attic.copy(), 0
            elif run is not None and run.step:
                self._known = Learned(drawn, run.parameters, {}), Attic(), 0
            else:
                return None
        learned, attic, seen = self._known
        if seen < len(self._unseen):
            self._known = learned.through(self._unseen[seen:], attic), attic, len(self._unseen)
        return self._known[0]

    def value(self, key: Key) -> float:
        """Return the present value of a parameter; 0 for a bias that is not there."""
        if self.last is not None and not self._unseen:
            slot = self.last.plan.slot.get(key)
            return 0.0 if slot is None else float(self.last.theta[slot])
        learned = self.learned
        return (drawn_start(self._network, key) if learned is None else learned.value(key)) or 0.0


__all__ = ["Present"]
