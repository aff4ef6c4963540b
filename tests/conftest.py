"""What every test stands on: no screen, a home of its own, nothing left behind, the same random examples each time."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", parent=settings.get_profile("ci"), derandomize=False, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# How long something that was told to stop may take to do so before it counts as left behind.
PATIENCE_SECONDS = 5.0


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test an empty home folder, so that it neither finds nor leaves settings, caches or autosaves."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    for name, place in (
        ("CONFIG", ".config"),
        ("DATA", ".local/share"),
        ("CACHE", ".cache"),
        ("STATE", ".local/state"),
    ):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / place))
    core = sys.modules.get("PySide6.QtCore")
    if core is not None:
        # QSettings works out its folder once in a process; this tells it anew.
        for form in (core.QSettings.Format.NativeFormat, core.QSettings.Format.IniFormat):
            core.QSettings.setPath(form, core.QSettings.Scope.UserScope, str(folder / ".config"))
    return folder


@pytest.fixture(autouse=True)
def _nothing_left_behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail the test that leaves a thread, a QThread or a top-level widget behind."""
    threads = set(threading.enumerate())
    widgets = set(_top_level_widgets())
    with _started_qthreads() as qthreads:
        yield
    left = [
        f"the thread {thread.name!r}" for thread in set(threading.enumerate()) - threads if _lives(thread)
    ]
    left += [f"the QThread {thread!r}" for thread in (reference() for reference in qthreads) if _runs(thread)]
    left += [f"the widget {widget!r}" for widget in _surviving_widgets(widgets)]
    if left:
        pytest.fail(f"The test left behind {', '.join(left)}.")


def _lives(thread: threading.Thread) -> bool:
    # A thread that Python did not start, such as a QThread's, cannot be joined.
    if isinstance(thread, threading._DummyThread):
        return False
    thread.join(PATIENCE_SECONDS)
    return thread.is_alive()


@contextlib.contextmanager
def _started_qthreads() -> Iterator[list[weakref.ref[Any]]]:
    """Collect every QThread that is started meanwhile, without keeping what it holds alive."""
    started: list[weakref.ref[Any]] = []
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        yield started
        return
    original = core.QThread.start

    def start(thread: Any, *arguments: Any) -> None:
        started.append(weakref.ref(thread))
        original(thread, *arguments)

    core.QThread.start = start
    try:
        yield started
    finally:
        core.QThread.start = original


def _runs(thread: Any) -> bool:
    if thread is None:
        return False
    try:
        if not thread.isRunning():
            return False
        # Nobody will use it any more: waiting here keeps Qt from aborting the whole run.
        stopped: bool = thread.wait(int(PATIENCE_SECONDS * 1000))
    except RuntimeError:  # the C++ half is gone, which it cannot be while it runs
        return False
    return not stopped


def _top_level_widgets() -> list[Any]:
    widgets = sys.modules.get("PySide6.QtWidgets")
    application = widgets.QApplication.instance() if widgets else None
    return (
        application.topLevelWidgets() if isinstance(application, getattr(widgets, "QApplication", ())) else []
    )


def _surviving_widgets(before: set[Any]) -> list[Any]:
    """Return the top-level widgets that are neither deleted nor about to be."""
    if not set(_top_level_widgets()) - before:
        return []
    core = sys.modules["PySide6.QtCore"]
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)
    gc.collect()
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)
    return list(set(_top_level_widgets()) - before)
