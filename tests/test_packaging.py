"""The wheel holds what the program needs, and the locks hold nothing of the machine that made them."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import backprop_gui
from backprop_gui.bootstrap import requirements
from backprop_gui.bootstrap.environment import RUN, TEST

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    (path,) = folder.glob("*.whl")
    return path


def tracked(folder: str, pattern: str = "*") -> set[str]:
    """Return the files below ``folder`` that belong to the program, relative to the checkout."""
    return {
        str(path.relative_to(ROOT))
        for path in (ROOT / folder).rglob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_the_package_and_its_resources(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert tracked("backprop_gui", "*.py") <= names
    resources = {f"backprop_gui/{name}" for name in tracked("resources")}
    assert resources
    assert resources == {name for name in names if name.startswith("backprop_gui/resources/")}
    assert not [name for name in names if name.startswith(("tests/", "resources/", "main"))]


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        folder = f"backprop_gui-{backprop_gui.__version__}.dist-info"
        metadata = Parser().parsestr(archive.read(f"{folder}/METADATA").decode())
        entry_points = archive.read(f"{folder}/entry_points.txt").decode()
        licence = archive.read(f"{folder}/licenses/LICENSE").decode()
    assert metadata["Version"] == backprop_gui.__version__
    assert metadata["Requires-Python"] == ">=3.11"
    assert len(metadata.get_all("Requires-Dist")) == len(requirements.required(ROOT / "pyproject.toml"))
    assert "backprop-gui = backprop_gui.cli:main" in entry_points
    assert "The Backprop Lab authors" in licence


def test_resources_are_found_in_an_installed_package(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    (tmp_path / "empty").mkdir()
    code = "from backprop_gui.paths import resource; print(resource('icons/play.svg').read_text()[:4], resource(''))"
    command = [
        sys.executable,
        "-I",
        "-c",
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); {code}",
    ]
    result = subprocess.run(command, cwd=tmp_path / "empty", capture_output=True, text=True, check=True)
    assert result.stdout.split()[-1].startswith(str(tmp_path))


def locked(name: str) -> dict[str, set[str]]:
    """Return the versions a lock pins, by package, after checking every line of it."""
    text = (ROOT / name).read_text(encoding="utf-8")
    pins: dict[str, set[str]] = {}
    for entry in re.sub(r"\\\n", " ", text).splitlines():
        line = entry.split("#")[0].strip()
        if line:
            match = re.fullmatch(
                r"([a-z0-9-]+)==(\S+)(?: ; ([^-][^\\]*?))?((?:\s+--hash=sha256:[0-9a-f]{64})+)", line
            )
            assert match, f"{name} holds more than pins with hashes: {line[:80]}"
            pins.setdefault(match[1], set()).add(match[2])
    return pins


@pytest.mark.parametrize("name", [RUN.lock, TEST.lock])
def test_locks_hold_pins_with_hashes_and_no_trace_of_a_machine(name: str) -> None:
    assert locked(name)
    comments = [line for line in (ROOT / name).read_text().splitlines() if line.lstrip().startswith("#")]
    assert not [line for line in comments if "://" in line or re.search(r"(^|\s)/\w", line)]


@pytest.mark.parametrize("purpose", [RUN, TEST])
def test_locks_pin_everything_that_is_asked_for_within_its_range(
    purpose: tuple[str, str, tuple[str, ...]],
) -> None:
    _, lock, groups = purpose
    pins = locked(lock)
    for name, ranges in requirements.required(ROOT / "pyproject.toml", groups).items():
        assert name in pins, f"{lock} lacks {name}: make it anew with the command in its head"
        assert all(requirements.allows(ranges, version) for version in pins[name])


def test_the_tests_run_on_the_very_versions_of_the_program() -> None:
    run, test = locked(RUN.lock), locked(TEST.lock)
    assert {name: test.get(name) for name in run} == run


def test_every_icon_is_licensed_and_readable() -> None:
    icons = sorted((ROOT / "resources/icons").glob("*.svg"))
    assert len(icons) >= 30
    for icon in icons:
        text = icon.read_text(encoding="utf-8")
        assert icon.stem == "app" or "lucide" in text
        assert "<svg" in text
    assert "ISC License" in (ROOT / "resources/icons/LICENSE").read_text(encoding="utf-8")


def test_the_licence_of_the_package_names_that_of_the_icons_and_the_data() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "MIT AND ISC AND CC-BY-4.0"
    assert all((ROOT / name).is_file() for name in project["license-files"])
