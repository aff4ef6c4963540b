"""The docks: one for each panel, where it belongs, until somebody arranges them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QStyle, QTabBar, QTabWidget, QWidget
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
        self._least: dict[str, int] = {}
        """How high panels were brought up at least, by name."""
        self._usual: int | None = None
        """The height of the docks below without that; None as long as nobody asked for more."""
        self._given = 0
        for name, dock in self.by_name.items():
            dock.visibilityChanged.connect(self._arrange)
            dock.visibilityChanged.connect(partial(self._came, name))
            dock.dockLocationChanged.connect(self._arrange)
        self._arrange()
        self._hide_strays()

    def bring_up(self, name: str, least_px: int = 0) -> PanelWidget:
        """Show a panel in front of those that it shares its place with, at least so high, and return it.

        Panels below get that height whenever they come to the front, and give it back when another one does.
        """
        dock = self.by_name[name]
        if least_px:
            self._least[name] = least_px
        dock.show()
        dock.raise_()
        self._give_height(name)
        return self.panels[name]

    def _came(self, name: str, seen: bool) -> None:
        if seen and self._usual is not None and isValid(self._window) and self._window.isVisible():
            self._give_height(name)

    def _give_height(self, name: str) -> None:
        """Give the docks below the height that a panel in front needs, or back what another one needed."""
        dock, window, least = self.by_name[name], self._window, self._least.get(name, 0)
        below = Qt.DockWidgetArea.BottomDockWidgetArea
        if dock.isFloating() or window.dockWidgetArea(dock) != below or not (least or self._usual):
            return
        now = self._height_below()
        if self._usual is None or now != self._given:
            # A person, or another size of the window, has chosen this one.
            self._usual = now
        wanted = max(self._usual, least)
        if wanted != now:
            window.resizeDocks([dock], [wanted], Qt.Orientation.Vertical)
            layout = window.layout()
            assert layout is not None
            layout.activate()
            self._share_right()
        self._given = self._height_below()

    def _height_below(self) -> int:
        """Return how high the docks below the picture are."""
        middle = self._window.centralWidget()
        assert middle is not None
        rim = self._window.style().pixelMetric(
            QStyle.PixelMetric.PM_DockWidgetSeparatorExtent, None, self._window
        )
        return self._window.height() - middle.geometry().bottom() - 1 - rim

    def share_room(self) -> None:
        """Give the docks the sizes that suit the window."""
        window = self._window
        areas, across, down = Qt.DockWidgetArea, Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        left, right, bottom, _ = ROOMY_PX if window.width() >= ROOMY_WIDTH else NARROW_PX
        for area, orientation, size in (
            (areas.LeftDockWidgetArea, across, left),
            (areas.RightDockWidgetArea, across, right),
            (areas.BottomDockWidgetArea, down, bottom),
        ):
            there = [dock for name, dock in self.by_name.items() if PANELS[name].area == area]
            window.resizeDocks(there, [size] * len(there), orientation)
        self._share_right()

    def _share_right(self) -> None:
        """Give the inspector the height that it is to have at least, as far as what stands below it can give way."""
        roomy = self._window.width() >= ROOMY_WIDTH
        inspector = (ROOMY_PX if roomy else NARROW_PX)[3]
        if self.panels["inspector"].height() < inspector:
            self._window.resizeDocks([self.by_name["inspector"]], [inspector], Qt.Orientation.Vertical)

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
