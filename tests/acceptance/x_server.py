"""A real X server with the program in it, driven by real mouse and key events."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
WIDTH, HEIGHT = 1440, 900
ABOVE = 40
"""The screen is higher than the window by so much, since the window leaves room for a title bar."""
PAUSE_MS = 120
"""Between two things that a person does."""

available = all(shutil.which(program) for program in ("Xvfb", "xdotool"))


@dataclass(frozen=True, slots=True)
class Desk:
    """What a person has in front of them: a screen, a mouse, a keyboard, and the program's window."""

    display: str
    window: str
    program: subprocess.Popen[bytes]

    def do(self, *words: object) -> None:
        """Let xdotool do something, and pause as a person would."""
        told = [str(word) for word in words]
        environment = {**os.environ, "DISPLAY": self.display}
        subprocess.run(["xdotool", *told], env=environment, check=True, timeout=20, capture_output=True)
        time.sleep(PAUSE_MS / 1000)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, such as ``ctrl+s``."""
        for key in keys:
            self.do("key", key)

    def write(self, text: str) -> None:
        """Type a text."""
        self.do("type", "--delay", 15, text)

    def click(self, x: float, y: float, times: int = 1) -> None:
        """Click at a place of the window."""
        self.do("mousemove", round(x), round(y))
        self.do("click", "--repeat", times, "--delay", 60, 1)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press, move in several steps, and let go."""
        self.do("mousemove", round(start[0]), round(start[1]))
        self.do("mousedown", 1)
        for share in (0.2, 0.5, 0.8, 1.0):
            x, y = (a + (b - a) * share for a, b in zip(start, end, strict=True))
            self.do("mousemove", round(x), round(y))
        self.do("mousemove_relative", 1, 0)
        self.do("mouseup", 1)

    def wait_for(self, file: Path, seconds: float = 20) -> None:
        """Wait until a file is there."""
        end = time.monotonic() + seconds
        while not file.exists():
            if time.monotonic() > end:
                raise TimeoutError(
                    f"{file.name} did not appear; the program lives: {self.program.poll() is None}"
                )
            time.sleep(0.1)

    @property
    def errors(self) -> str:
        """What the program has said on its standard error; only once it has ended."""
        assert self.program.stderr is not None
        return self.program.stderr.read().decode()


@contextlib.contextmanager
def a_desk(home: Path) -> Iterator[Desk]:
    """Start an X server and the program in it, as on a first start, and end both again."""
    read, write = os.pipe()
    size = f"{WIDTH}x{HEIGHT + ABOVE}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=(write,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as answer:
        display = f":{answer.readline().strip()}"
    environment = {**os.environ, "DISPLAY": display, "HOME": str(home)}
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    program = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py")], env=environment, cwd=home, stderr=subprocess.PIPE
    )
    try:
        found = subprocess.run(
            ["xdotool", "search", "--sync", "--onlyvisible", "--name", "Backprop Lab"],
            env=environment,
            check=True,
            timeout=60,
            capture_output=True,
            text=True,
        )
        desk = Desk(display, found.stdout.split()[0], program)
        desk.do("windowmove", desk.window, 0, 0)
        desk.do("windowsize", desk.window, WIDTH, HEIGHT)
        desk.do("windowfocus", desk.window)
        time.sleep(1)
        yield desk
    finally:
        program.kill()
        program.wait(10)
        assert program.stderr is not None
        program.stderr.close()
        server.terminate()
        server.wait(10)


__all__ = ["HEIGHT", "WIDTH", "Desk", "a_desk", "available"]
