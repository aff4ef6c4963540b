from __future__ import annotations

import sys
from pathlib import Path

import pytest

from backprop_gui.bootstrap import apt, libraries
from backprop_gui.errors import UserError

ABSENT = {"libsurely-not-there.so.7": "libsurely7"}

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="system libraries are Linux's trouble"
)


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an apt-get that only writes down what it was asked into an otherwise empty PATH."""
    log = tmp_path / "log"
    for name, answer in (("apt-get", 0), ("apt-cache", 0)):
        script = tmp_path / name
        script.write_text(f'#!/bin/sh\necho "{name} $* $DEBIAN_FRONTEND" >> {log}\nexit {answer}\n')
        script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return log


def test_nothing_is_said_or_done_where_nothing_is_missing(commands: Path) -> None:
    libraries.provide({"libc.so.6": "libc6"})
    assert not commands.exists()


def test_an_ordinary_user_reads_the_command(commands: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apt, "is_root", lambda: False)
    with pytest.raises(UserError) as error:
        libraries.provide(ABSENT | {"libc.so.6": "libc6"})
    assert str(error.value) == (
        "Qt needs system libraries that are missing: libsurely-not-there.so.7. "
        "Install them and start again: sudo apt-get install libsurely7"
    )


def test_root_gets_them_installed_without_a_question(commands: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apt, "is_root", lambda: True)
    monkeypatch.setattr(libraries, "missing", lambda names, answers=[list(ABSENT), []]: answers.pop(0))
    libraries.provide(ABSENT)
    assert commands.read_text().splitlines() == [
        "apt-get update -qq noninteractive",
        "apt-get install -y -qq --no-install-recommends libsurely7 noninteractive",
    ]


def test_an_installation_that_did_not_help_is_not_believed(
    commands: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apt, "is_root", lambda: True)
    with pytest.raises(UserError, match=r"still missing after installing libsurely7"):
        libraries.provide(ABSENT)


def test_a_failing_apt_leaves_a_sentence_with_the_command(
    commands: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (commands.parent / "apt-get").write_text("#!/bin/sh\necho 'E: no space left' >&2\nexit 100\n")
    monkeypatch.setattr(apt, "is_root", lambda: True)
    with pytest.raises(UserError, match=r"no space left.*apt-get install libsurely7"):
        libraries.provide(ABSENT)


def test_a_machine_without_apt_reads_only_the_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match=r"libsurely-not-there\.so\.7.*package manager"):
        libraries.provide(ABSENT)


def test_newer_releases_call_a_package_differently(commands: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apt, "is_root", lambda: True)
    assert apt.command(["libglib2.0-0", "libegl1"]) == "apt-get install libglib2.0-0t64 libegl1"
    (commands.parent / "apt-cache").write_text("#!/bin/sh\nexit 100\n")
    assert apt.command(["libglib2.0-0", "libegl1"]) == "apt-get install libglib2.0-0 libegl1"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, libraries.OFFSCREEN),
        ({"DISPLAY": ":0"}, libraries.X11),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, libraries.OFFSCREEN),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "QT_QPA_PLATFORM": "xcb"}, libraries.X11),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, libraries.OFFSCREEN),
    ],
)
def test_only_the_screen_at_hand_asks_for_its_libraries(
    environ: dict[str, str], expected: dict[str, str]
) -> None:
    assert libraries.needed(environ) is expected
