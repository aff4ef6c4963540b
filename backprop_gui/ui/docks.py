"""The docks: one for each panel, where it belongs, until somebody arranges them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabBar, QTabWidget, QWidget
from shiboken6 import isValid

from backprop_gui.ui.panel import PANELS, Lab, Panel, PanelWidget, load_panels

ROOMY_WIDTH = 1250
ROOMY_PX, NARROW_PX = (250, 316, 210, 250), (228, 250, 140, 240)
"""Widths of the left and right docks, heights of the bottom dock and the inspector, in pixels."""


class Docks:
    """Makes all panels and their docks.

    Attributes
    ----------
    panels : dict of PanelWidget
        By name.
    by_name : dict of QDockWidget
        The dock of each panel.
    """

    def __init__(self, window: QMainWindow, lab: Lab, menu: QMenu) -> None:
        """Put the panels into ``window``, and what shows and hides them into ``menu``."""
        self._window = window
        self.panels: dict[str, PanelWidget] = {}
        self.by_name: dict[str, QDockWidget] = {}
        areas, corners, options = Qt.DockWidgetArea, Qt.Corner, QMainWindow.DockOption
        window.setCorner(corners.BottomLeftCorner, areas.BottomDockWidgetArea)
        window.setCorner(corners.BottomRightCorner, areas.BottomDockWidgetArea)
        window.setDockOptions(options.AllowTabbedDocks | options.AllowNestedDocks | options.GroupedDragging)
        window.setTabPosition(areas.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        load_panels()
        for panel in sorted(PANELS.values(), key=lambda panel: (panel.area.value, panel.order)):
            self.panels[panel.name] = widget = panel.make(lab)
            self.by_name[panel.name] = dock = self._dock(panel, widget)
            menu.addAction(dock.toggleViewAction())
            first = self.by_name.get(panel.tab_with)
            if first is None:
                window.addDockWidget(panel.area, dock)
            else:
                # At once: beside each other, even for a moment, they would make the window wider than its screen.
                window.tabifyDockWidget(first, dock)
                first.raise_()
        for panel in PANELS.values():
            self.by_name[panel.name].setVisible(panel.shown)
        for dock in self.by_name.values():
            dock.visibilityChanged.connect(self._arrange)
            dock.dockLocationChanged.connect(self._arrange)
        self._arrange()
        self._hide_strays()

    def bring_up(self, name: str, least_px: int = 0) -> PanelWidget:
        """Show a panel in front of those that it shares its place with, at least so high, and return it."""
        dock = self.by_name[name]
        dock.show()
        dock.raise_()
        if self.panels[name].height() < least_px and not dock.isFloating():
            self._window.resizeDocks([dock], [least_px], Qt.Orientation.Vertical)
        return self.panels[name]

    def share_room(self) -> None:
        """Give the docks the sizes that suit the window."""
        window = self._window
        areas, across, down = Qt.DockWidgetArea, Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        left, right, bottom, inspector = ROOMY_PX if window.width() >= ROOMY_WIDTH else NARROW_PX
        for area, orientation, size in (
            (areas.LeftDockWidgetArea, across, left),
            (areas.RightDockWidgetArea, across, right),
            (areas.BottomDockWidgetArea, down, bottom),
        ):
            there = [dock for name, dock in self.by_name.items() if PANELS[name].area == area]
            window.resizeDocks(there, [size] * len(there), orientation)
        window.resizeDocks([self.by_name["inspector"]], [inspector], down)

    def _arrange(self) -> None:
        """Give each dock a title bar, except where its tab says the same already; no tab is cut short."""
        if not isValid(self._window):
            # It is being destroyed, which hides its docks first.
            return
        for dock in self.by_name.values():
            tabbed = bool(self._window.tabifiedDockWidgets(dock)) and not dock.isFloating()
            if tabbed == (dock.titleBarWidget() is None):
                # None brings Qt's own title bar back, which its stub does not say.
                dock.setTitleBarWidget(QWidget() if tabbed else None)  # type: ignore[arg-type]
        # Qt makes these bars when it needs them. Where not all tabs have room, arrows lead to the rest.
        for bar in self._bars():
            bar.setElideMode(Qt.TextElideMode.ElideNone)

    def _bars(self) -> list[QTabBar]:
        """Return all bars of tabs that Qt has made, the oldest first."""
        return self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def _hide_strays(self) -> None:
        """Hide the bars that Qt made and forgot while the docks were put together.

        Dressing a new bar makes Qt lay the window out in the middle of making it, and make another one for the same
        tabs. It keeps the last one; those before would stay somewhere on the window for good.
        """
        seen: set[str] = set()
        for bar in reversed(self._bars()):
            titles = {bar.tabText(index) for index in range(bar.count())}
            if titles & seen:
                bar.hide()
            seen |= titles

    def _dock(self, panel: Panel, widget: PanelWidget) -> QDockWidget:
        dock = QDockWidget(panel.title, self._window)
        dock.setObjectName(panel.name)
        dock.setWidget(widget)
        # Behind another tab a dock is only moved away, and Qt still calls it visible: then the panel is hidden in it,
        # with the room it needs kept, so that it does nothing and is told when somebody sees it.
        policy = widget.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        widget.setSizePolicy(policy)
        dock.visibilityChanged.connect(widget.setVisible)
        widget.windowTitleChanged.connect(dock.setWindowTitle)
        features = QDockWidget.DockWidgetFeature
        dock.setFeatures(features.DockWidgetClosable | features.DockWidgetMovable)
        return dock


__all__ = ["Docks"]
