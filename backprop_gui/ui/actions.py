"""All commands of the window as a table: menus, toolbar, shortcuts and, later, every other list are made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from backprop_gui.registry import Registry
from backprop_gui.ui.pieces import PIECES, Piece

if TYPE_CHECKING:
    from backprop_gui.ui.window import Window


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be done.

    Attributes
    ----------
    menu : str
        The menu it is in.
    run : callable
        What it does to the window.
    shortcuts : tuple of str
        Key sequences; Ctrl is the command key on a Mac.
    icon : str
        Name of a drawing in ``resources/icons``.
    group : int
        Commands of one menu with different groups are parted by a line.
    tip : str
        What it does in a sentence, where its name does not say enough.
    """

    name: str
    text: str
    menu: str
    run: Callable[[Window], object]
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    group: int = 0
    tip: str = ""


COMMANDS: Registry[Command] = Registry("command")
FAULT_LAB_PX = 310
"""What its table and its curves need."""
MENUS = ("File", "Edit", "Draw", "Run", "Examine", "View", "Help")


def _command(
    name: str,
    text: str,
    menu: str,
    run: Callable[[Window], object],
    *shortcuts: str,
    icon: str = "",
    group: int = 0,
    tip: str = "",
) -> None:
    COMMANDS.add(name, Command(name, text, menu, run, shortcuts, icon, group, tip))


_command(
    "new",
    "New…",
    "File",
    lambda w: w.choose_template(),
    "Ctrl+N",
    icon="file-plus",
    tip="Begin with an empty canvas or with an example from the gallery",
)
_command(
    "new-window",
    "New window",
    "File",
    lambda w: w.open_beside(),
    "Ctrl+Shift+N",
    tip="Work on another project beside this one",
)
_command("open", "Open…", "File", lambda w: w.files.ask_open(w.open_file), "Ctrl+O", icon="folder-open")
_command("save", "Save", "File", lambda w: w.files.save(), "Ctrl+S", icon="save", group=1)
_command("save-as", "Save as…", "File", lambda w: w.files.save_as(), "Ctrl+Shift+S", group=1)
_command(
    "export",
    "Export weights…",
    "File",
    lambda w: w.files.export(),
    "Ctrl+E",
    icon="download",
    group=2,
    tip="Write the trained network for another program: ONNX, NumPy, safetensors, Python, JSON or CSV",
)
_command(
    "export-solution",
    "Export worked solution…",
    "File",
    lambda w: w.export_solution(),
    "Ctrl+Shift+E",
    group=2,
    tip="Write the next step of the shown example out by hand, solved or as an exercise: PDF, Markdown, LaTeX, …",
)
_command("close", "Close window", "File", lambda w: w.close(), "Ctrl+W", group=3)
_command(
    "quit",
    "Quit",
    "File",
    lambda w: w.windows.quit(),
    "Ctrl+Q",
    group=3,
    tip="Close all windows, and ask for what is not saved",
)

_command("undo", "Undo", "Edit", lambda w: w.lab.document.stack.undo(), "Ctrl+Z", icon="undo-2")
_command(
    "redo", "Redo", "Edit", lambda w: w.lab.document.stack.redo(), "Ctrl+Shift+Z", "Ctrl+Y", icon="redo-2"
)
_command("cut", "Cut", "Edit", lambda w: w.drawing.copy(cut=True), "Ctrl+X", group=1)
_command(
    "copy",
    "Copy",
    "Edit",
    lambda w: w.drawing.copy(),
    "Ctrl+C",
    group=1,
    tip="Copy the selected neurons and the edges among them, as the text of a project",
)
_command("paste", "Paste", "Edit", lambda w: w.drawing.paste(), "Ctrl+V", group=1)
_command("duplicate", "Duplicate", "Edit", lambda w: w.drawing.editor.duplicate(), "Ctrl+D", group=1)
_command(
    "delete",
    "Delete",
    "Edit",
    lambda w: w.drawing.editor.delete(),
    "Delete",
    "Backspace",
    group=1,
    tip="Remove the selected neurons and edges",
)
_command("select-all", "Select all", "Edit", lambda w: w.drawing.editor.select_all(), "Ctrl+A", group=2)
_command(
    "select-layer",
    "Select the layer",
    "Edit",
    lambda w: w.drawing.editor.select_layer(),
    "Ctrl+Shift+A",
    group=2,
    tip="Select all neurons of the layers that what is selected is in",
)


def _add(piece: Piece, window: Window) -> None:
    window.drawing.add(window.drawing.piece(piece))


for _piece in PIECES.values():
    _command(
        f"add-{_piece.name}",
        f"Add {_piece.title}",
        "Draw",
        partial(_add, _piece),
        *((_piece.key,) if _piece.key else ()),
        icon="plus",
        tip=_piece.tip,
    )
_command(
    "connect",
    "Connect with…",
    "Draw",
    lambda w: w.canvas.hands.connect_by_keys(),
    "C",
    group=1,
    tip="Choose with the arrow keys what the selected neurons lead to; Enter connects",
)
_command(
    "insert-layer",
    "Insert a layer behind",
    "Draw",
    lambda w: w.drawing.insert_behind(),
    "Shift+L",
    group=1,
    tip="Put a layer between the layer of what is selected and the next one that it leads to",
)
_command(
    "edit",
    "Edit in place…",
    "Draw",
    lambda w: w.drawing.edit_current(),
    "F2",
    group=1,
    tip="Change the name and bias of a neuron, or the weight of an edge, where it is drawn",
)
_command(
    "inspect",
    "Edit in the inspector",
    "Draw",
    lambda w: w.edit_beside(),
    "Ctrl+I",
    group=1,
    tip="Change activation, bias, size and more of what is selected; Enter or Esc leads back to the picture",
)
_command(
    "freeze",
    "Freeze or free",
    "Draw",
    lambda w: w.drawing.editor.toggle_frozen(),
    "Z",
    icon="lock",
    group=1,
    tip="A frozen edge does not train, nor does a frozen neuron with its bias and the weights that lead to it",
)
_command(
    "bias",
    "Bias on or off",
    "Draw",
    lambda w: w.drawing.editor.toggle_bias(),
    "B",
    group=1,
    tip="Whether a bias is added to the weighted sum of the selected neurons",
)
_command(
    "tidy",
    "Tidy",
    "Draw",
    lambda w: w.drawing.tidy(),
    "Ctrl+L",
    icon="layers",
    group=2,
    tip="Lay the network out in columns, from the inputs to the outputs",
)
_command(
    "new-weights",
    "New weights",
    "Edit",
    lambda w: w.draw_new_weights(),
    icon="shuffle",
    group=3,
    tip="Draw all starting weights anew with the next seed, and begin again",
)

_command("play", "Play", "Run", lambda w: w.play_or_pause(), "Space", icon="play")
_command("step", "Step", "Run", lambda w: w.step(), ".", icon="step-forward", tip="Go one step further")
_command(
    "step-back",
    "Step back",
    "Run",
    lambda w: w.step_back(),
    ",",
    icon="step-back",
    tip="Go one update back, from what is shown",
)
_command(
    "previous-moment",
    "Earlier",
    "Run",
    lambda w: w.lab.player.past.go_beside(ahead=False),
    "Ctrl+,",
    group=2,
    tip="Look at the moment before on the timeline; the further back it goes, the further apart they are kept",
)
_command(
    "next-moment",
    "Later",
    "Run",
    lambda w: w.lab.player.past.go_beside(ahead=True),
    "Ctrl+.",
    group=2,
    tip="Look at the next moment on the timeline",
)
_command(
    "first-moment",
    "Beginning of the timeline",
    "Run",
    lambda w: w.lab.player.past.look_at_beginning(),
    "Ctrl+Home",
    group=2,
)
_command(
    "return-to-now",
    "Return to now",
    "Run",
    lambda w: w.lab.player.past.leave(),
    "Ctrl+End",
    group=2,
    tip="Show the present again, from the past",
)
_command(
    "continue-from-here",
    "Continue from here",
    "Run",
    lambda w: w.continue_from_here(),
    "Ctrl+Return",
    group=2,
    tip="Make the moment that is shown the present one; what came later is forgotten, but kept as a run",
)
_command(
    "reset",
    "Reset",
    "Run",
    lambda w: w.reset(),
    "Ctrl+R",
    icon="rotate-ccw",
    tip="Begin again with the drawn starting weights; the run that ends is kept",
)
_command(
    "keep-run",
    "Keep this run",
    "Run",
    lambda w: w.keep_run(),
    "Ctrl+Shift+K",
    tip="Keep the present run as it is now, to compare it with others",
)
_command(
    "bring-back",
    "Bring the deleted run back",
    "Run",
    lambda w: w.bring_run_back(),
    tip="Keep the run again that was deleted last",
)
_command(
    "go-back",
    "Go back to the best moment",
    "Run",
    lambda w: w.lab.player.go_back(),
    icon="undo-2",
    tip="After trouble: return to the recorded moment with the lowest training loss",
)
_command(
    "breakpoints",
    "Breakpoints…",
    "Run",
    lambda w: w.show_breakpoints(),
    "F9",
    tip="Choose at what training stops by itself: a loss that rises, a delta that vanishes, a weight that grows",
)
_command(
    "choose-example",
    "Choose example…",
    "Run",
    lambda w: w.choose_example(),
    "G",
    group=1,
    tip="Look at another example, at the mean of many, or at numbers of your own",
)
_command(
    "next-example",
    "Next example",
    "Run",
    lambda w: w.lab.player.move_probe(1),
    "]",
    icon="chevron-right",
    group=1,
    tip="Show the numbers of the next example",
)
_command(
    "previous-example",
    "Previous example",
    "Run",
    lambda w: w.lab.player.move_probe(-1),
    "[",
    icon="chevron-left",
    group=1,
    tip="Show the numbers of the previous example",
)
_command(
    "microscope",
    "Microscope",
    "Examine",
    lambda w: w.open_microscope(),
    "M",
    tip="Show the arithmetic behind the number of what is selected, operation by operation",
)
_command(
    "next-operation",
    "Next operation",
    "Examine",
    lambda w: w.lab.microscope.next(),
    "F4",
    icon="chevron-right",
    tip="Go on through one training step; after its last operation the update is made",
)
_command(
    "previous-operation",
    "Operation before",
    "Examine",
    lambda w: w.lab.microscope.previous(),
    "Shift+F4",
    icon="chevron-left",
    tip="Go back through one training step",
)
_command(
    "over-time",
    "Show over time",
    "Examine",
    lambda w: w.show_over_time(),
    "T",
    tip="Draw the weight or bias, gradient, delta and activation of what is selected, from the beginning until now",
)
_command(
    "check",
    "Check gradient",
    "Examine",
    lambda w: w.lab.checking.toggle(),
    "Ctrl+G",
    icon="check",
    tip="Compare every gradient with an independent derivative of the loss",
)
_command(
    "findings",
    "Find what is wrong",
    "Examine",
    lambda w: w.docks.bring_up("findings"),
    icon="info",
    tip="Look for saturated and dead neurons, clones, vanishing deltas, a wrong learning rate, and say why",
)
_command(
    "faults",
    "Fault lab…",
    "Examine",
    lambda w: w.docks.bring_up("faults", FAULT_LAB_PX),
    icon="triangle-alert",
    group=1,
    tip="Train a copy of the network with a known bug in backpropagation: it learns, and only the check tells",
)

_command(
    "conventions",
    "Conventions…",
    "Examine",
    lambda w: w.docks.bring_up("conventions"),
    group=1,
    tip="Choose how losses, deltas and signs are written, as a book has them",
)
_command(
    "reconcile",
    "Reconcile with a book…",
    "Examine",
    lambda w: w.reconcile(),
    group=1,
    tip="Type a book's value of what is selected, and read under which convention it is right",
)

_command(
    "forward", "Forward", "View", lambda w: w.set_view("forward"), "1", tip="Colour neurons by activation"
)
_command("backward", "Backward", "View", lambda w: w.set_view("backward"), "2", tip="Colour neurons by delta")
_command(
    "update",
    "Update",
    "View",
    lambda w: w.set_view("update"),
    "3",
    tip="Show the step each weight takes next",
)
_command(
    "errors",
    "Check",
    "View",
    lambda w: w.set_view("check"),
    "4",
    tip="Colour edges and neurons by the errors that the gradient check found",
)
_command(
    "fit",
    "Fit",
    "View",
    lambda w: w.canvas.fit(),
    "F",
    icon="maximize",
    group=1,
    tip="Show the whole network",
)
_command(
    "zoom-in", "Zoom in", "View", lambda w: w.canvas.zoom_in(), "Ctrl++", "Ctrl+=", icon="zoom-in", group=1
)
_command("zoom-out", "Zoom out", "View", lambda w: w.canvas.zoom_out(), "Ctrl+-", icon="zoom-out", group=1)
_command(
    "weak-edges",
    "Hide weak edges…",
    "View",
    lambda w: w.canvas.choose_threshold(),
    group=1,
    tip="Leave edges out of the picture whose weight is small",
)
_command(
    "light",
    "Light theme",
    "View",
    lambda w: w.set_theme(False),
    icon="sun",
    group=2,
    tip="Use the light theme",
)
_command(
    "dark", "Dark theme", "View", lambda w: w.set_theme(True), icon="moon", group=2, tip="Use the dark theme"
)
_command(
    "system",
    "Theme of the system",
    "View",
    lambda w: w.set_theme(None),
    group=2,
    tip="Use the theme that the system has, light or dark",
)

_command(
    "commands",
    "Command palette…",
    "Help",
    lambda w: w.choose_command(),
    "Ctrl+K",
    icon="command",
    tip="Find everything that can be done by typing a few letters",
)
_command(
    "shortcuts",
    "Keyboard and mouse",
    "Help",
    lambda w: w.show_shortcuts(),
    "F1",
    tip="Show all keys and what the mouse does on the canvas",
)
_command("about", "About Backprop Lab", "Help", lambda w: w.show_about(), icon="info", group=1)
