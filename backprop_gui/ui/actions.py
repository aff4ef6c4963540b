"""All commands of the window as a table: menus, toolbar, shortcuts and, later, every other list are made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backprop_gui.registry import Registry

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
MENUS = ("File", "Edit", "Run", "View")


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
    "New",
    "File",
    lambda w: w.files.new(),
    "Ctrl+N",
    icon="file-plus",
    tip="Begin with a 2-4-1 network on XOR",
)
_command("open", "Open…", "File", lambda w: w.files.ask_open(), "Ctrl+O", icon="folder-open")
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
_command("quit", "Quit", "File", lambda w: w.close(), "Ctrl+Q", group=3)

_command("undo", "Undo", "Edit", lambda w: w.lab.document.stack.undo(), "Ctrl+Z", icon="undo-2")
_command(
    "redo", "Redo", "Edit", lambda w: w.lab.document.stack.redo(), "Ctrl+Shift+Z", "Ctrl+Y", icon="redo-2"
)
_command(
    "new-weights",
    "New weights",
    "Edit",
    lambda w: w.draw_new_weights(),
    icon="shuffle",
    group=1,
    tip="Draw all starting weights anew with the next seed, and begin again",
)

_command("play", "Play", "Run", lambda w: w.lab.player.toggle(), "Space", icon="play")
_command(
    "step", "Step", "Run", lambda w: w.lab.player.step(), ".", icon="step-forward", tip="Go one step further"
)
_command(
    "reset",
    "Reset",
    "Run",
    lambda w: w.lab.player.reset(),
    "Ctrl+R",
    icon="rotate-ccw",
    tip="Begin again with the drawn starting weights",
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
    "check",
    "Check gradient",
    "Run",
    lambda w: w.equation.chip.click(),
    "Ctrl+G",
    icon="check",
    group=2,
    tip="Compare every gradient with an independent derivative of the loss",
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
_command("light", "Light", "View", lambda w: w.set_theme(False), icon="sun", group=2)
_command("dark", "Dark", "View", lambda w: w.set_theme(True), icon="moon", group=2)
_command("system", "As the system", "View", lambda w: w.set_theme(None), group=2)
