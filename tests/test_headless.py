"""The run without a screen, as a person types it: a process of its own in an empty folder."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from backprop_gui.project import files

ROOT = Path(__file__).parents[1]
START = [sys.executable, str(ROOT / "main.py")]

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere there is always a display"
)


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment without a screen."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {key: value for key, value in os.environ.items() if key not in screens} | more


def test_without_a_screen_the_main_job_is_done_and_written(tmp_path: Path) -> None:
    result = subprocess.run(START, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "backprop-lab-output"
    first, *lines = result.stdout.splitlines()
    assert first.startswith("There is no display")
    assert first.endswith(str(folder))
    losses = [float(line.split()[-1]) for line in lines if line.startswith("epoch")]
    assert len(losses) == 10
    assert losses[-1] < 0.01 < losses[0]
    assert [line for line in lines if line.startswith("Gradient check passed: 17 parameters")]
    assert result.stderr == ""

    project = files.load(folder / "xor.backprop")
    assert project.run is not None
    assert project.run.epoch == 1000
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float64)
    (answers,) = ReferenceEvaluator(onnx.load(folder / "xor.onnx")).run(None, {"x": x})[:1]
    assert (np.abs(answers.ravel() - [0, 1, 1, 0]) < 0.1).all()
    header = (folder / "xor.png").read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">2I", header[16:]) == (1440, 900)


def test_without_the_libraries_of_qt_only_the_picture_is_missing(tmp_path: Path) -> None:
    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6/__init__.py").write_text(
        "raise ImportError('libEGL.so.1: cannot open shared object file')"
    )
    code = "from pathlib import Path; from backprop_gui.headless import demo; raise SystemExit(demo(Path('out')))"
    paths = os.pathsep.join([str(tmp_path), str(ROOT)])
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(PYTHONPATH=paths),
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"xor.backprop", "xor.onnx"}
    assert "xor.png was not drawn, because Qt cannot be loaded here: libEGL.so.1" in result.stderr


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "backprop-lab-output").write_text("in the way")
    result = subprocess.run(START, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert result.returncode == 2
    assert "could not be made" in result.stderr
    assert "Traceback" not in result.stderr
