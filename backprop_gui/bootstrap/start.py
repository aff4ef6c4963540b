"""The way from ``python3 main.py`` to the window: find a Python that has everything, or make one, and go there."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from backprop_gui.bootstrap import libraries, requirements
from backprop_gui.bootstrap.environment import RUN, TEST, Environment, Purpose
from backprop_gui.errors import UserError

OUTPUT = "backprop-lab-output"


def start(root: str, arguments: Sequence[str]) -> int:
    """Prepare, then open the window, run the tests or pass ``arguments`` to the command line; return the exit code."""
    try:
        if arguments[:1] == ["test"]:
            return _test(Path(root), arguments[1:])
        return _run(Path(root), arguments)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except Exception as error:
        if "--debug" in arguments:
            raise
        print(
            f"Backprop Lab met an error that nobody foresaw ({type(error).__name__}: {error}). "
            "Please report it, with what the same command prints when --debug is added.",
            file=sys.stderr,
        )
        return 2


def _run(root: Path, arguments: Sequence[str]) -> int:
    environment = Environment(root)
    if not _is_prepared(environment, RUN):
        _continue_in(environment, [str(root / "main.py"), *arguments])
    files = [argument for argument in arguments if argument != "--debug"][:1]
    opens_window = not files or Path(files[0]).is_file()
    if not opens_window:
        return _command_line(arguments)
    from backprop_gui.display import display_problem

    problem = display_problem()
    if problem is None:
        _provide_libraries(environment)
        return _command_line(arguments)
    if files:
        raise UserError(
            f"{problem} The window cannot be opened; without one, train with: main.py train {files[0]}"
        )
    return _headless(environment, problem)


def _test(root: Path, arguments: Sequence[str]) -> int:
    environment = Environment(root)
    prepared = _is_prepared(environment, TEST)
    _provide_libraries(environment)
    os.chdir(root)
    pytest = ["-m", "pytest", *arguments]
    if prepared:
        _replace_process([sys.executable, *pytest])
    _continue_in(environment, pytest)


def _is_prepared(environment: Environment, purpose: Purpose) -> bool:
    """Whether this interpreter has everything; if not, the environment has it afterwards."""
    if environment.is_running() and environment.is_ours():
        if environment.is_ready(purpose):
            return True
    elif requirements.satisfied(environment.root / "pyproject.toml", purpose.groups):
        return True
    if not environment.is_ready(purpose):
        environment.prepare(purpose)
    return False


def _provide_libraries(environment: Environment) -> None:
    needed = libraries.needed()
    unknown = {
        name: package for name, package in needed.items() if name not in environment.checked_libraries()
    }
    if unknown:
        libraries.provide(unknown)
        environment.remember_libraries(list(unknown))


def _headless(environment: Environment, problem: str) -> int:
    folder = Path.cwd() / OUTPUT
    print(f"{problem} Backprop Lab therefore trains XOR without a window and writes to {folder}", flush=True)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        _provide_libraries(environment)
    except UserError as error:
        print(f"There will be no picture. {error}", file=sys.stderr)
    from backprop_gui.headless import demo

    return demo(folder)


def _command_line(arguments: Sequence[str]) -> int:
    from backprop_gui.cli import main

    return main(list(arguments))


def _continue_in(environment: Environment, arguments: Sequence[str]) -> NoReturn:
    _replace_process([str(environment.python), *arguments])


def _replace_process(command: list[str]) -> NoReturn:
    """Become another program: on Windows, where a process cannot, run it and end as it ended."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":
        import subprocess

        raise SystemExit(subprocess.run(command).returncode)
    os.execv(command[0], command)
