"""Real starts in a small checkout: real virtual environments, real pip, a package index that is one folder."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from backprop_gui.bootstrap.environment import NOTE, RUN, Environment

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 100
FAKE_PROGRAM = """
def main(argv):
    import sys, tiny
    print("started", argv, sys.prefix, tiny.VERSION)
    return 7 if argv == ["fail"] else 0
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and paths of a POSIX system")


def write_wheel(folder: Path, name: str, version: str) -> str:
    """Write a pure Python wheel of one module; return its line in a lock."""
    info = f"{name}-{version}.dist-info"
    content = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for path, text in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text)}\n"
    content[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name_inside, text in content.items():
            archive.writestr(name_inside, text)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


class Checkout:
    """A copy of what starts the program, with a program and dependencies small enough for a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index = folder.parent / "index"
        self.index.mkdir()
        package = folder / "backprop_gui"
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "backprop_gui/bootstrap", package / "bootstrap", ignore=ignored)
        for name in ("__init__.py", "errors.py", "display.py"):
            shutil.copy(ROOT / "backprop_gui" / name, package)
        shutil.copy(ROOT / "main.py", folder)
        (package / "cli.py").write_text(FAKE_PROGRAM)
        (folder / "pyproject.toml").write_text(
            "[project]\ndependencies = ['tiny>=1']\n[dependency-groups]\ntest=['more']\n"
        )
        self.tiny = write_wheel(self.index, "tiny", "1.0")
        (folder / "requirements.lock").write_text(self.tiny)
        (folder / "requirements-test.lock").write_text(self.tiny + write_wheel(self.index, "pytest", "99.0"))

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    def note(self) -> dict[str, object]:
        content: dict[str, object] = json.loads((self.venv / NOTE).read_text())
        return content

    def popen(
        self, *arguments: str, python: str = sys.executable, **environment: str
    ) -> subprocess.Popen[str]:
        clean = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PIP_", "PYTHON"))
            and key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        }
        clean |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.index)}
        return subprocess.Popen(
            [python, str(self.folder / "main.py"), *arguments],
            env=clean | environment,
            cwd=self.folder.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, python: str = sys.executable, **environment: str) -> tuple[int, str, str]:
        with self.popen(*arguments, python=python, **environment) as process:
            output, errors = process.communicate(timeout=PATIENCE_SECONDS)
            return process.returncode, output, errors


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "check out")


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.01)


def test_first_start_later_starts_and_the_tests(checkout: Checkout) -> None:
    code, output, errors = checkout.run("train", "xor")
    assert (code, output) == (0, f"started ['train', 'xor'] {checkout.venv} 1.0\n"), errors
    assert "this happens once" in errors

    stamp = (checkout.venv / NOTE).stat().st_mtime_ns
    assert checkout.run("fail") == (7, f"started ['fail'] {checkout.venv} 1.0\n", "")
    assert (checkout.venv / NOTE).stat().st_mtime_ns == stamp

    # The environment's own Python goes straight on.
    own = str(checkout.venv / "bin/python")
    assert checkout.run("x", python=own) == (0, f"started ['x'] {checkout.venv} 1.0\n", "")

    # The tests add what they need to the same environment; this pytest holds nothing but its version.
    code, _, errors = checkout.run("test", "-q")
    assert code == 0, errors
    assert (checkout.venv / "lib").is_dir()
    assert list(checkout.venv.glob("lib/*/site-packages/pytest-99.0.dist-info"))
    assert set(checkout.note()["locks"]) == {"requirements.lock", "requirements-test.lock"}  # type: ignore[call-overload]
    assert checkout.run("test") == (0, "", "")


def test_a_new_lock_makes_the_environment_anew(checkout: Checkout) -> None:
    assert checkout.run("x")[0] == 0
    (checkout.folder / "requirements.lock").write_text(write_wheel(checkout.index, "tiny", "1.5"))
    code, output, errors = checkout.run("x")
    assert (code, output.split()[-1]) == (0, "1.5"), errors


def test_killed_in_the_middle_it_is_noticed_and_made_again(checkout: Checkout) -> None:
    with checkout.popen("x") as process:
        wait_for((checkout.venv / "pyvenv.cfg").exists)
        # Only the parent: its child goes on, and the next start has to wait for it.
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=PATIENCE_SECONDS)
    assert checkout.note() == {"state": "preparing"}
    code, output, errors = checkout.run("x")
    assert (code, output) == (0, f"started ['x'] {checkout.venv} 1.0\n"), errors


def test_two_starts_at_once_prepare_once(checkout: Checkout) -> None:
    with checkout.popen("a") as first, checkout.popen("b") as second:
        answers = [process.communicate(timeout=PATIENCE_SECONDS) for process in (first, second)]
        assert [first.returncode, second.returncode] == [0, 0], answers
    assert sum("this happens once" in errors for _, errors in answers) == 1
    assert [output.split()[1] for output, _ in answers] == ["['a']", "['b']"]


def test_without_an_index_a_sentence_says_what_to_do(checkout: Checkout) -> None:
    offline = {
        "PIP_NO_INDEX": "0",
        "PIP_FIND_LINKS": "",
        "PIP_INDEX_URL": "http://127.0.0.1:9",
    }
    code, output, errors = checkout.run("x", **offline)
    assert (code, output) == (2, "")
    assert errors.splitlines()[-1].startswith("The packages could not be downloaded")
    assert "Traceback" not in errors
    assert checkout.run("x")[0] == 0, "and with a connection it goes on"


def test_a_package_that_was_tampered_with_is_refused(checkout: Checkout) -> None:
    with zipfile.ZipFile(checkout.index / "tiny-1.0-py3-none-any.whl", "a") as archive:
        archive.writestr("tiny_extra.py", "print('surprise')\n")
    code, _, errors = checkout.run("x")
    assert code == 2
    assert errors.splitlines()[-1].startswith(
        "The packages could not be installed: THESE PACKAGES DO NOT MATCH"
    )


def test_an_environment_of_somebody_else_is_left_alone(checkout: Checkout) -> None:
    checkout.venv.mkdir()
    (checkout.venv / "precious").write_text("work")
    code, _, errors = checkout.run("x")
    assert (code, (checkout.venv / "precious").read_text()) == (2, "work")
    assert "was not made by Backprop Lab" in errors


@pytest.mark.parametrize("note", ["", '{"state": "rea', "[]"])
def test_an_unreadable_note_counts_as_unfinished(tmp_path: Path, note: str) -> None:
    environment = Environment(tmp_path)
    assert not environment.is_ours()
    environment.folder.mkdir()
    (environment.folder / NOTE).write_text(note)
    assert environment.is_ours()
    assert not environment.is_ready(RUN)


def test_an_interpreter_that_has_everything_is_used_as_it_is(checkout: Checkout) -> None:
    (checkout.folder / "pyproject.toml").write_text("[project]\ndependencies = ['pytest>=8', 'numpy>=2']\n")
    (checkout.folder / "tiny.py").write_text("VERSION = 'beside'\n")
    assert checkout.run("x") == (0, f"started ['x'] {sys.prefix} beside\n", "")
    assert not checkout.venv.exists()


def test_no_display_and_no_argument_does_the_main_job_headless(checkout: Checkout) -> None:
    (checkout.folder / "pyproject.toml").write_text("[project]\ndependencies = []\n")
    (checkout.folder / "backprop_gui/headless.py").write_text(
        "import os\ndef demo(folder):\n    print(folder, os.environ['QT_QPA_PLATFORM'])\n    return 0\n"
    )
    code, output, errors = checkout.run()
    said, demo = output.splitlines()
    folder = checkout.folder.parent / "backprop-lab-output"
    assert (code, demo) == (0, f"{folder} offscreen"), errors
    assert said.startswith("There is no display")
    assert said.endswith(str(folder))


def test_no_display_but_a_file_to_open_is_a_sentence(checkout: Checkout) -> None:
    (checkout.folder / "pyproject.toml").write_text("[project]\ndependencies = []\n")
    project = checkout.folder / "my.backprop"
    project.write_text("{}")
    code, output, errors = checkout.run(str(project))
    assert (code, output) == (2, "")
    assert "There is no display" in errors
    assert f"main.py train {project}" in errors


def test_an_error_that_nobody_foresaw_is_a_sentence_unless_asked_for(checkout: Checkout) -> None:
    (checkout.folder / "pyproject.toml").write_text("[project]\ndependencies = []\n")
    (checkout.folder / "backprop_gui/headless.py").write_text("def demo(folder):\n    return 1 / 0\n")
    code, _, errors = checkout.run()
    assert code == 2
    assert errors.startswith(
        "Backprop Lab met an error that nobody foresaw (ZeroDivisionError: division by zero)."
    )
    assert len(errors.splitlines()) == 1
    assert "Traceback" in checkout.run("--debug")[2]


def test_only_the_library_of_python_is_imported_before_the_preparation() -> None:
    code = (
        "import sys; before = set(sys.modules); sys.path.insert(0, sys.argv[1]);"
        "import backprop_gui.bootstrap.start, backprop_gui.bootstrap.libraries, backprop_gui.bootstrap.apt;"
        "import backprop_gui.display;"
        "print({name.split('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)"
    )
    command = [sys.executable, "-I", "-S", "-c", code, str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "{'backprop_gui'}"
