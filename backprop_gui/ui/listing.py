"""The operations of the network that the microscope looks at, listed in the background where there are many."""

from __future__ import annotations

from concurrent.futures import Future

from PySide6.QtCore import QObject, Signal

from backprop_gui.engine.operations.order import Order
from backprop_gui.network import Network
from backprop_gui.ui.background import Waiting, in_background
from backprop_gui.ui.operation_lights import Turns, turns_of

AT_ONCE = 300
"""Parameters up to which listing takes no longer than a few milliseconds."""


class Listing(QObject):
    """Lists the operations of one network at a time.

    Signals
    -------
    listed()
        The operations that were asked for are there.
    """

    listed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._known: tuple[Order, Turns] | None = None
        self._asked: Network | None = None
        self._waiting = Waiting(self)

    def holds(self, network: Network) -> bool:
        """Return whether the operations of ``network`` are listed; if they are not, that begins."""
        if self._known is not None and self._known[0].network is network:
            return True
        if network.parameter_count <= AT_ONCE:
            self._known = _listed(network)
            return True
        if not self.is_busy_with(network):
            self._asked = network
            self._waiting.for_(in_background(lambda: _listed(network)), self._take)
        return False

    def is_busy_with(self, network: Network) -> bool:
        """Return whether the operations of ``network`` are being listed."""
        return self._waiting.busy and self._asked is network

    @property
    def turns(self) -> Turns | None:
        """When it is the turn of what in the network that was listed last."""
        return None if self._known is None else self._known[1]

    def _take(self, future: Future[tuple[Order, Turns]]) -> None:
        self._known = future.result()
        self.listed.emit()


def _listed(network: Network) -> tuple[Order, Turns]:
    order = Order.of(network)
    order.list_all()
    return order, turns_of(order)


__all__ = ["AT_ONCE", "Listing"]
