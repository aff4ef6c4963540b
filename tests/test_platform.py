"""Traps of the platform that once cost days: each has a canary that dies first."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]


def test_void_calls_keep_their_references_to_none() -> None:
    """PySide6 6.12.0 on Python 3.11 takes a reference to None with every void call, and the process dies of it."""
    from PySide6.QtGui import QImage, QPainter, QPen

    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    pen = QPen()
    before = sys.getrefcount(None)
    for _ in range(500):
        painter.setPen(pen)
    after = sys.getrefcount(None)
    painter.end()
    assert after > before - 250


@pytest.mark.parametrize(
    ("leaves", "body"),
    [
        (
            "the thread 'lazy'",
            "stop = threading.Event(); t = threading.Thread(target=stop.wait, name='lazy'); t.start()",
        ),
        ("the widget", "KEPT.append(QWidget()); KEPT[-1].show()"),
        ("the QThread", "t = Lazy(); KEPT.append(t); t.start()"),
    ],
)
def test_what_is_left_behind_fails_the_test(pytester: pytest.Pytester, leaves: str, body: str) -> None:
    source = (Path(__file__).parent / "conftest.py").read_text(encoding="utf-8")
    pytester.makeconftest(source.replace("PATIENCE_SECONDS = 5.0", "PATIENCE_SECONDS = 0.1"))
    pytester.makepyfile(
        f"""
        import threading, time
        from PySide6.QtCore import QThread
        from PySide6.QtWidgets import QWidget

        KEPT = []

        class Lazy(QThread):
            def run(self):
                time.sleep(1)

        def test_leaves(qapp):
            {body}
            if "lazy" in {leaves!r}:
                threading.Timer(1, stop.set).start()

        def test_end():
            for left in KEPT:
                if isinstance(left, QThread):
                    left.wait()
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines([f"*The test left behind*{leaves}*"])


def test_every_test_has_a_home_of_its_own(home: Path) -> None:
    from PySide6.QtCore import QSettings, QStandardPaths

    assert Path.home() == home
    assert QSettings("a", "b").fileName().startswith(str(home))
    assert QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation).startswith(
        str(home)
    )
