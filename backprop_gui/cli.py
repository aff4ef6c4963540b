"""The command ``backprop-gui``: opens the window, or does without one what a command says.

It ends with 0 when all went well, 1 when the answer is no (a gradient check that fails, a loss that is no longer
finite), 2 after an error, which is one sentence on standard error, 130 after Ctrl+C, and 141 when what it printed to
was closed. No traceback is printed unless ``--debug`` asks for it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from backprop_gui import __version__
from backprop_gui.errors import UserError
from backprop_gui.terminal import PROGRAM, say

ERROR = 2
INTERRUPTED = 130
NO_READER = 141
"""As a shell reports the signal SIGPIPE, by which other programs end in this case."""


def main(argv: list[str] | None = None) -> int:
    """Do what the command line says and return the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        # A name with a letter that the terminal does not have is shown in another way, and ends nothing.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    code = _guarded(arguments)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        code = _lost(error)
    return code


def _guarded(arguments: Sequence[str]) -> int:
    """Run and turn whatever goes wrong into a sentence and an exit code."""
    try:
        return _run(arguments)
    except UserError as error:
        say(str(error))
    except KeyboardInterrupt:
        say("Stopped.")
        return INTERRUPTED
    except MemoryError:
        say("There is not enough memory for this: take a smaller network or fewer examples.")
    except Exception as error:
        # A file that cannot be read or written is a UserError already; what is left has no name but the output.
        if isinstance(error, OSError) and error.errno is not None and error.filename is None:
            return _lost(error)
        if "--debug" in arguments:
            traceback.print_exc()
        what = traceback.format_exception_only(error)[-1].strip()
        say(
            f"Something went wrong that nobody foresaw ({what}). Please report it with what you typed; "
            "--debug shows where it happened."
        )
    return ERROR


def _run(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["--version"]:
        print(f"Backprop Lab {__version__}")
        return 0
    # Only now, so that the version is told at once.
    import numpy as np

    from backprop_gui import commands
    from backprop_gui.data import is_file_path

    first = arguments[0] if arguments else ""
    try:
        if first in commands.COMMANDS:
            command = commands.COMMANDS[first]
            args = command.parser().parse(arguments[1:])
            # Numerical trouble is looked for where it matters; NumPy's own warnings would only repeat it.
            with np.errstate(all="ignore"):
                return command.run(args)
        if first and not first.startswith("-") and not is_file_path(first):
            _ = commands.COMMANDS[first]  # which explains what there is
        return _open_window(_file(arguments))
    except SystemExit as leaving:  # after --help
        return int(leaving.code or 0)


def _file(arguments: Sequence[str]) -> str | None:
    """Return the file to open in the window, if one is named; ``--help`` is answered here."""
    from backprop_gui.commands import COMMANDS, Parser
    from backprop_gui.commands.command import add_debug

    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name.ljust(width)}  {command.summary}" for name, command in COMMANDS.items())
    parser = Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} [FILE]\n       {PROGRAM} COMMAND ...",
        description="Backprop Lab: see how error flows back through a network while it learns.\n\n"
        f"Without a command it opens the window.\n\ncommands (“{PROGRAM} COMMAND --help” says more):\n{listed}",
        epilog=f"examples:\n  {PROGRAM}\n  {PROGRAM} lesson.backprop\n  {PROGRAM} train iris --export iris.onnx",
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help="a project to open in the window")
    parser.add_argument("--version", action="store_true", help="print the version")
    add_debug(parser)
    file: str | None = parser.parse(arguments).file
    return file


def _open_window(file: str | None) -> int:
    from backprop_gui.commands import UsageError
    from backprop_gui.display import display_problem

    problem = display_problem()
    if problem is not None:
        raise UsageError(
            f"{problem} The window cannot be opened; “backprop-gui --help” lists what works without one."
        )
    try:
        from backprop_gui.ui.app import run
    except ImportError as error:
        raise UsageError(
            f"The window cannot be opened, because a part of Qt cannot be loaded ({error}). Start it once with "
            "“python3 main.py”, which names what is missing and how to install it."
        ) from error
    return run(None if file is None else Path(file))


def _lost(error: OSError) -> int:
    """Point standard output to nowhere, lest Python complains again on its way out; return the exit code."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    if isinstance(error, BrokenPipeError):
        return NO_READER
    say(f"The output could not be written: {(error.strerror or str(error)).lower()}.")
    return ERROR
