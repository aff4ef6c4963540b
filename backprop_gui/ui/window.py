"""The window: canvas in the middle, panels around it, the top bar above."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QMainWindow,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from backprop_gui.engine.frame import Frame, Part
from backprop_gui.errors import UserError
from backprop_gui.paths import state_folder
from backprop_gui.project import Project, templates, with_new_weights
from backprop_gui.ui import theme
from backprop_gui.ui.about import About
from backprop_gui.ui.actions import COMMANDS, Command
from backprop_gui.ui.autosave import Autosave
from backprop_gui.ui.banner import Banner
from backprop_gui.ui.canvas import Canvas, View
from backprop_gui.ui.canvas_menu import CanvasMenu
from backprop_gui.ui.command_entries import entries_of, shortcut_groups
from backprop_gui.ui.command_palette import CommandPalette
from backprop_gui.ui.docks import Docks
from backprop_gui.ui.document import Document
from backprop_gui.ui.drawing import Drawing
from backprop_gui.ui.dropping import DropHint
from backprop_gui.ui.equation import EquationStrip
from backprop_gui.ui.filing import Filing
from backprop_gui.ui.gallery import Gallery
from backprop_gui.ui.looking_back import NO_PAST, LookingBack
from backprop_gui.ui.menus import fill_menus, make_action, set_reason
from backprop_gui.ui.names import as_drawn, one_line
from backprop_gui.ui.notices import Notices
from backprop_gui.ui.offers import Offers
from backprop_gui.ui.operation_on_picture import OperationOnPicture
from backprop_gui.ui.overlay import Overlay
from backprop_gui.ui.panel import PANELS, Lab, Pace
from backprop_gui.ui.panels.breakpoints import BreakpointsPanel
from backprop_gui.ui.panels.conventions import ConventionsPanel
from backprop_gui.ui.panels.data import DataPanel
from backprop_gui.ui.panels.findings import FindingsPanel
from backprop_gui.ui.panels.inspector import Inspector
from backprop_gui.ui.panels.palette import PalettePanel
from backprop_gui.ui.past import made_with
from backprop_gui.ui.past_bar import PastBar
from backprop_gui.ui.player import Player, State, Unit
from backprop_gui.ui.probe_picker import ProbePicker
from backprop_gui.ui.probe_words import probe_name
from backprop_gui.ui.selection import Key, Selection, still_there
from backprop_gui.ui.shortcut_sheet import ShortcutSheet
from backprop_gui.ui.solution_export import SolutionExport
from backprop_gui.ui.topbar import TopBar
from backprop_gui.ui.widgets.part_editor import PartEditor
from backprop_gui.ui.windows import Windows

THEMES = ("light", "dark", "system")
"""Commands of which one is in force."""
AUTOSAVES = "autosaves"
"""Where below the state folder the work of windows is kept."""
MICROSCOPE_PX, MICROSCOPE_SHARE = 280, 0.32
"""What an equation and a ledger need, and how much of the window's height they may take at first."""
OVER_TIME_PX, OVER_TIME_SHARE = 340, 0.32
"""What plots above each other need, and how much of the window's height they may take at first."""
LAYOUT_VERSION = 4
"""Raised when the panels change so much that a remembered layout no longer fits."""


class Window(QMainWindow):
    """Owns the document, the player and everything that shows them.

    Attributes
    ----------
    lab : Lab
    canvas : Canvas
    equation : EquationStrip
    banner : Banner
    files : Filing
    solutions : SolutionExport
    commands : dict of QAction
        The action of each command, by its name.
    docks : Docks
    drawing : Drawing
    autosave : Autosave
    offers : Offers
        What was not saved when the program ended the last time; empty in all windows but the first.
    windows : Windows
        All that are open, this one among them.
    closed : bool
        Whether it was closed; Qt holds it for a moment longer.
    """

    lab: Lab
    canvas: Canvas
    equation: EquationStrip
    banner: Banner
    files: Filing
    solutions: SolutionExport
    commands: dict[str, QAction]
    docks: Docks
    drawing: Drawing
    autosave: Autosave
    offers: Offers
    windows: Windows
    closed: bool

    def __init__(self, project: Project, path: Path | None = None, windows: Windows | None = None) -> None:
        super().__init__()
        self.closed = False
        self.windows = windows or Windows(Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        document = Document(project, path, self)
        self._themes = QActionGroup(self)
        self.lab = Lab(document, Player(document, self), Selection(self))
        self.banner = Banner()
        self.canvas = Canvas()
        self.equation = EquationStrip(self.lab)
        self._picker = ProbePicker(self)
        keeping = state_folder() / AUTOSAVES
        self.autosave = Autosave(document, self.lab.player, lambda: self.files.changed, keeping, self)
        self.files = Filing(self.lab, self.banner, self, self.autosave, self._is_elsewhere)
        self.solutions = SolutionExport(self.lab, self, self.files)
        self.offers = Offers(lambda slot: self.windows.recover(self, slot))
        self._arranged = False
        self.commands = {name: self._command(command) for name, command in COMMANDS.items()}
        # Space is more than this action's shortcut: see play_or_press. The tab keeps it in the menu.
        self.commands["play"].setShortcuts([])
        QShortcut(QKeySequence(Qt.Key.Key_Space), self, self.play_or_press)
        for name in THEMES:
            self.commands[name].setCheckable(True)
            self._themes.addAction(self.commands[name])
        self._top = TopBar(
            self.commands["play"], self.commands["step-back"], self.commands["step"], self.commands["reset"]
        )
        self._past = PastBar(self.commands["continue-from-here"], self.commands["return-to-now"])
        self._build()
        self._connect()
        self._mark_theme()
        self._show_project()
        self._restore_layout()
        self._drops = DropHint(self, self.open_file, self.open_table)
        self.windows.add(self)

    # ---- building

    def _build(self) -> None:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.offers)
        column.addWidget(self.banner)
        column.addWidget(self._past)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.equation)
        self.setCentralWidget(middle)
        bar = QToolBar("Transport")
        bar.setObjectName("transport")
        bar.setMovable(False)
        bar.addWidget(self._top)
        bar.toggleViewAction().setVisible(False)
        self.addToolBar(bar)
        menu = fill_menus(self, self.commands, self.files.new, self.open_file)
        self.docks = Docks(self, self.lab, menu)
        self.panels = self.docks.panels
        palette = self.panels["palette"]
        assert isinstance(palette, PalettePanel)
        self.drawing = Drawing(self.lab.editor, self.canvas, palette, self)
        # Until its next turn the layout remembers how wide all docks were beside each other, before they became tabs.
        layout = self.layout()
        assert layout is not None
        layout.activate()
        there = self.screen().availableGeometry().size()
        # A title bar and a frame have to find room too.
        self.resize(QSize(1440, 900).boundedTo(QSize(there.width(), there.height() - 40)))
        self.setMinimumSize(900, 600)

    def _command(self, command: Command) -> QAction:
        def run() -> None:
            try:
                command.run(self)
            except UserError as error:
                self.banner.show_message(str(error))

        action = make_action(command, run, self)
        self.addAction(action)
        return action

    def _connect(self) -> None:
        lab, canvas, top = self.lab, self.canvas, self._top
        lab.document.changed.connect(self._changed)
        lab.document.opened.connect(self._opened)
        lab.document.history_changed.connect(self._show_history)
        self._show_history()
        player = lab.player
        self.notices = Notices(lab, self.banner, self._allow, self.panels["runs"], self.show_breakpoints)
        LookingBack(player, canvas, self._past, self._allow)
        paces = {Pace.PICTURES: player.pictures, Pace.CURVES: player.curves, Pace.NUMBERS: player.numbers}
        for name, widget in self.panels.items():
            paces[PANELS[name].pace].connect(widget.show_frame)
        player.pictures.connect(canvas.show_frame)
        player.stood.connect(lambda: self._wait(lab.document.obstacle))
        player.numbers.connect(top.show_frame)
        player.numbers.connect(self._show_probe)
        player.numbers.connect(self._allow_step_back)
        player.numbers.connect(self._show_equation)
        player.state_changed.connect(self._show_state)
        player.waiting.connect(self._wait)
        self.autosave.failed.connect(lambda text: self.banner.show_message(text, "warning"))
        top.unit_chosen.connect(self._set_unit)
        top.speed.updates_chosen.connect(player.set_speed)
        player.set_speed(top.speed.updates_a_second)
        top.speed.operations_chosen.connect(lab.microscope.set_speed)
        lab.microscope.dressed.connect(lambda: top.set_operations_a_second(lab.microscope.speed))
        canvas.selection_changed.connect(self._select)
        canvas.view_changed.connect(lambda view: self._show_equation())
        canvas.view_changed.connect(lambda view: lab.checking.set_on_picture(view is View.CHECK))
        canvas.probe_step.connect(player.move_probe)
        canvas.probe_wanted.connect(self.choose_example)
        self._picker.chosen.connect(player.look_at)
        canvas.space_tapped.connect(self.play_or_pause)
        canvas.menu_wanted.connect(lambda spot, point, where: CanvasMenu(self, spot, point).show_at(where))
        scope = lab.microscope
        self._operation = OperationOnPicture(scope, canvas, self.equation)
        scope.moved.connect(self._moved)
        scope.playing_changed.connect(lambda playing: self._show_state())
        canvas.operation_wanted.connect(self._bring_up_microscope)
        self.docks.by_name["microscope"].visibilityChanged.connect(self._read_microscope)
        lab.checking.changed.connect(self._checked)
        lab.checking.picture_wanted.connect(self._show_errors)
        lab.selection.changed.connect(self._selected)
        self._breakpoints.dropped.connect(self.notices.none_stop)
        self._findings.view_wanted.connect(self.set_view)
        self._parts.fold_wanted.connect(canvas.toggle_layer)
        self._parts.left.connect(canvas.setFocus)
        # Another window, or the system, may have chosen the theme.
        theme.notifier.changed.connect(self._dress)
        # While something is dragged, the window comes before training.
        canvas.graphics.dragged.connect(lambda point, modifiers: player.give_way())
        self.drawing.carried.connect(player.give_way)

    # ---- what changed

    def _changed(self, old: Project, new: Project) -> None:
        if new.network is not old.network:
            self.canvas.sync(old.network, new.network)
            self.lab.selection.keep(new.network)
            self.drawing.in_place.keep(new.network)
        if new.kept is not old.kept:
            self.notices.show_gone()
        if new.conventions != old.conventions:
            self.canvas.set_conventions(new.conventions)
            self._show_equation()
        for panel in self.panels.values():
            panel.sync(old, new)
        self._top.sync(new, self.lab.document.path)
        self._title()

    def _opened(self) -> None:
        self.notices.forget()
        self.drawing.in_place.close_form()
        self.lab.selection.set(frozenset())
        self._show_project()

    def _show_history(self) -> None:
        """Say what can be undone and done again, and whether all of it is saved."""
        stack, undo, redo = self.lab.document.stack, self.commands["undo"], self.commands["redo"]
        self._allow("undo", stack.can_undo, "There is nothing to undo.")
        undo.setText(f"Undo {stack.undo_text}".strip())
        self._allow("redo", stack.can_redo, "Nothing has been undone.")
        redo.setText(f"Redo {stack.redo_text}".strip())
        self._title()

    def _allow(self, name: str, enabled: bool, why: str) -> None:
        """Say whether a command can be done now, and ``why`` not."""
        action = self.commands[name]
        action.setEnabled(enabled)
        set_reason(action, COMMANDS[name], "" if enabled else why)

    def _wait(self, obstacle: UserError | None) -> None:
        """Show that the drawing cannot be trained as it is, and why; or that now it can."""
        why = "" if obstacle is None else as_drawn(str(obstacle), self.lab.document.project.network)
        self.canvas.set_obstacle(why, self.lab.player.present if why else None)
        for name in ("play", "step"):
            self._allow(name, not why, why)
        self._show_state()
        if obstacle is not None:
            self._top.clear(begun=self.lab.player.last is not None)
            self.equation.clear()

    def _show_project(self) -> None:
        project = self.lab.document.project
        self._wait(self.lab.document.obstacle)
        self.canvas.sync(None, project.network)
        self.canvas.set_conventions(project.conventions)
        for panel in self.panels.values():
            panel.sync(None, project)
        self._top.sync(project, self.lab.document.path)
        self._title()

    def _select(self, keys: frozenset[Key], current: Key | None) -> None:
        """Select what is selected in the picture, as far as it is there at present."""
        keys = still_there(keys, self.lab.document.project.network)
        self.lab.selection.set(keys, current if current in keys else None)

    def _selected(self) -> None:
        selection, scope = self.lab.selection, self.lab.microscope
        self.canvas.set_selection(selection.keys, selection.current)
        if scope.active and selection.current is not None:
            scope.look_at(selection.current, self.canvas.view)
        self._show_equation()

    def _show_state(self) -> None:
        """Show whether training runs, or the microscope goes on by itself."""
        running = self.lab.microscope.playing or self.lab.player.state is State.RUNNING
        self._top.set_state(State.RUNNING if running else State.PAUSED)

    def _moved(self) -> None:
        """Write the equation of the operation that is looked at below the picture."""
        self._show_equation()
        self._allow_step_back()

    def _read_microscope(self, seen: bool) -> None:
        # The docks hide once more while the window is destroyed.
        if not self.closed:
            self._operation.set_read(seen)

    def _checked(self) -> None:
        found = self.lab.checking.found
        if found is not self.canvas.scene.checked:
            self.canvas.set_checked(found)

    def _show_errors(self) -> None:
        """Show the errors of the gradient check on the picture, or again what was shown before."""
        if self.canvas.view is View.CHECK:
            self.canvas.set_view(View.BACKWARD)
        else:
            self.canvas.set_view(View.CHECK)

    def _title(self) -> None:
        document = self.lab.document
        # What looks like the mark of a change in a name is shown as it is.
        name = one_line(document.project.name).replace("[*]", "[*][*]")
        self.setWindowTitle(f"{name}[*] – Backprop Lab")
        self.setWindowModified(self.files.unsaved)

    def _show_probe(self, frame: Frame) -> None:
        probe, prepared = frame.probe, made_with(frame, self.lab.document).prepared
        if probe.part in (Part.TRAIN, Part.TEST):
            count = len(prepared.x_test if probe.part is Part.TEST else prepared.x_train)
            which = "test example" if probe.part is Part.TEST else "example"
            self.canvas.set_probe_text(f"{which} {probe.index + 1:,} of {count:,}")
        else:
            self.canvas.set_probe_text(probe_name(frame))
        if self.isWindowModified() != self.files.unsaved:
            self._title()

    def _show_equation(self, frame: Frame | None = None) -> None:
        frame = frame or self.lab.player.frame
        if frame is not None:
            self.equation.show_equation(frame, self.lab.selection.current, self.canvas.view)

    @property
    def _parts(self) -> PartEditor:
        inspector = self.panels["inspector"]
        assert isinstance(inspector, Inspector)
        return inspector.parts

    @property
    def _findings(self) -> FindingsPanel:
        findings = self.panels["findings"]
        assert isinstance(findings, FindingsPanel)
        return findings

    @property
    def _breakpoints(self) -> BreakpointsPanel:
        breakpoints = self.panels["breakpoints"]
        assert isinstance(breakpoints, BreakpointsPanel)
        return breakpoints

    # ---- commands

    def edit_beside(self) -> None:
        """Change what is selected in the inspector."""
        dock = self.docks.by_name["inspector"]
        dock.show()
        dock.raise_()
        self._parts.take_keyboard()

    def show_breakpoints(self) -> None:
        """Show at what training stops by itself."""
        self.docks.bring_up("breakpoints").setFocus()

    def open_beside(self) -> None:
        """Open a window on the first template beside this one."""
        self.windows.beside(self, templates.load(templates.FIRST))

    def open_file(self, path: Path) -> None:
        """Open a project: here if there is nothing of the person's own, or else in another window."""
        try:
            window = self.windows.open_file(self, path)
        except UserError as error:
            self.banner.show_message(str(error))
        else:
            window.files.opened(path)

    def _is_elsewhere(self, path: Path) -> bool:
        return self.windows.showing(path, but=self) is not None

    def open_table(self, path: Path) -> None:
        """Learn from a table of one's own."""
        data = self.docks.bring_up("data")
        assert isinstance(data, DataPanel)
        data.open_file(str(path))

    def reconcile(self) -> None:
        """Compare a book's number with the one of what is selected."""
        conventions = self.docks.bring_up("conventions")
        assert isinstance(conventions, ConventionsPanel)
        conventions.reconcile()

    def play_or_press(self) -> None:
        """Play or pause; but where the keyboard is on a button or a list, press or open that."""
        focus = QApplication.focusWidget()
        if isinstance(focus, QAbstractButton):
            focus.click()
        elif isinstance(focus, QComboBox):
            focus.showPopup()
        else:
            self.play_or_pause()

    def play_or_pause(self) -> None:
        """Play or pause: training, or the operations of one step where these are the unit of a step."""
        if self.lab.player.unit is Unit.OPERATION and self.lab.player.state is not State.RUNNING:
            self.lab.microscope.toggle()
        else:
            self.lab.player.toggle()

    def step(self) -> None:
        """Go one unit further."""
        if self.lab.player.unit is Unit.OPERATION:
            self.lab.microscope.next()
        else:
            self.lab.player.step()

    def step_back(self) -> None:
        """Go one operation back, or one update where the unit of a step is a larger one."""
        if self.lab.player.unit is Unit.OPERATION:
            self.lab.microscope.previous()
        else:
            self.lab.player.past.step_back()

    def open_microscope(self) -> None:
        """Show the microscope, at the operation that makes the number of what is selected."""
        self._bring_up_microscope()
        self.lab.microscope.open_at(self.lab.selection.current, self.canvas.view)

    def _bring_up_microscope(self) -> None:
        # The dock says so only with the next events, and until then the chip would flash up.
        self._read_microscope(True)
        self.docks.bring_up("microscope", min(MICROSCOPE_PX, round(MICROSCOPE_SHARE * self.height())))

    def show_over_time(self) -> None:
        """Show what is selected over time."""
        self.docks.bring_up("over-time", min(OVER_TIME_PX, round(OVER_TIME_SHARE * self.height())))

    def choose_example(self) -> None:
        """Offer the examples to be looked at, the mean of many, and numbers of one's own."""
        frame = self.lab.player.frame
        if frame is not None:
            prepared = made_with(frame, self.lab.document).prepared
            self._picker.open_at(self.canvas.probe_corner(), prepared, frame)

    def choose_template(self, title: str = "New project") -> None:
        """Open the gallery, and begin anew with what is chosen there."""
        gallery = Gallery(self, title)
        gallery.chosen.connect(self.files.new)
        self._open(gallery)

    def choose_command(self) -> None:
        """Open the command palette."""
        entries = entries_of(self.commands, self.docks.by_name, self.files.new, self.open_file)
        self._open(CommandPalette(self, entries))

    def show_shortcuts(self) -> None:
        """Open the sheet of all keys and gestures."""
        self._open(ShortcutSheet(self, shortcut_groups()))

    def export_solution(self) -> None:
        """Ask what kind of document the next step shall be written out as."""
        self._open(self.solutions.sheet())

    def show_about(self) -> None:
        """Say what the program is."""
        self._open(About(self))

    def _open(self, sheet: Overlay) -> None:
        """Open a sheet over the window; the keyboard returns to the canvas when it goes."""
        sheet.left.connect(self.canvas.setFocus)
        sheet.open()

    def set_view(self, view: str) -> None:
        """Show the forward, backward, update or check view."""
        self.canvas.set_view(View(view))

    def set_theme(self, dark: bool | None) -> None:
        """Switch to light, dark, or what the system says, and remember it."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        # Kept first: every window marks what is kept.
        QSettings().setValue("theme", {None: "system", True: "dark", False: "light"}[dark])
        theme.apply(app, dark)
        self._mark_theme()

    def _mark_theme(self) -> None:
        """Mark the theme that was chosen last, in whatever window."""
        chosen = str(QSettings().value("theme", "system"))
        self.commands[chosen if chosen in THEMES else "system"].setChecked(True)

    def _dress(self) -> None:
        self._mark_theme()
        self._top.sync(self.lab.document.project, self.lab.document.path)
        self._show_state()

    def reset(self) -> None:
        """Begin again with the drawn starting weights; the run that ends is kept."""
        self.lab.runs.keep()
        self.lab.player.reset()

    def continue_from_here(self) -> None:
        """Branch off from the moment of the past that is shown; the run that ends is kept."""
        self.lab.runs.keep()
        self.lab.player.past.continue_from_here()

    def keep_run(self) -> None:
        """Keep the present run as it is now, and show those that are kept."""
        self.docks.bring_up("runs")
        self.lab.runs.keep(by_hand=True)

    def bring_run_back(self) -> None:
        """Keep the run again that was deleted last, and show those that are kept."""
        self.docks.bring_up("runs")
        self.lab.runs.bring_back(self.lab.runs.gone[-1])

    def draw_new_weights(self) -> None:
        """Draw all starting weights anew and begin again; the run that ends is kept."""
        self.lab.runs.keep()
        self.lab.document.edit("Draw new weights", with_new_weights(self.lab.document.project))
        self.lab.player.reset()

    def _set_unit(self, unit: Unit) -> None:
        self.lab.player.unit = unit
        self._allow_step_back()

    def _allow_step_back(self) -> None:
        """Say whether there is a step before: an operation, or an update where the unit of a step is a larger one."""
        player, scope = self.lab.player, self.lab.microscope
        frame = player.frame
        back = frame is not None and frame.step > frame.span.first_step
        if player.unit is Unit.OPERATION:
            back = scope.active and scope.can_go_back
        self._allow("step-back", back, NO_PAST)

    # ---- Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._arranged:
            self._arranged = True
            self.docks.share_room()
        self.canvas.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._operation.fit()

    def closeEvent(self, event: QCloseEvent) -> None:
        # Ignored first: whatever goes wrong in saving, the work stays open.
        event.ignore()
        if not self.files.may_discard():
            return
        settings = QSettings()
        settings.setValue("geometry", self.saveGeometry())
        settings.setValue("layout", self.saveState(LAYOUT_VERSION))
        self.closed = True
        self.autosave.close()
        self.offers.release()
        self.lab.player.close()
        event.accept()

    def sizeHint(self) -> QSize:
        return QSize(1440, 900)

    def _restore_layout(self) -> None:
        settings = QSettings()
        geometry, layout = settings.value("geometry"), settings.value("layout")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        if isinstance(layout, QByteArray):
            self._arranged = self.restoreState(layout, LAYOUT_VERSION)
