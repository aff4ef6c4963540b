"""Cyclic garbage is destroyed in the window's thread, whichever thread makes more of it."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from backprop_gui.ui import garbage
from backprop_gui.ui.garbage import GarbageCollector


@pytest.fixture
def collector(qapp: QObject) -> Iterator[GarbageCollector]:
    was_on = gc.isenabled()
    gc.enable()
    made = GarbageCollector(lambda: True, qapp)
    yield made
    made.setParent(None)
    made.deleteLater()
    gc.unfreeze()
    (gc.enable if was_on else gc.disable)()


class Knot:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.itself = self


def allocate(kept: list[list[int]]) -> None:
    """Do what makes Python's own collector run, many times over."""
    kept += [[] for _ in range(50 * gc.get_threshold()[0])]


def test_a_thread_that_allocates_destroys_nothing(collector: GarbageCollector, qtbot: QtBot) -> None:
    destroyed_in: list[int] = []
    knot = Knot()
    weakref.finalize(knot, lambda: destroyed_in.append(threading.get_ident()))
    del knot
    kept: list[list[int]] = []
    thread = threading.Thread(target=allocate, args=(kept,))
    thread.start()
    thread.join()
    assert destroyed_in == []
    qtbot.waitUntil(lambda: destroyed_in != [])
    assert destroyed_in == [threading.get_ident()]


def test_it_collects_no_more_often_than_python_would(collector: GarbageCollector) -> None:
    gc.collect()
    collections = [one["collections"] for one in gc.get_stats()]
    collector.look()
    assert [one["collections"] for one in gc.get_stats()] == collections


def test_a_full_collection_waits_for_rest_but_not_for_ever(
    qapp: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    resting, collected = [False], []
    made = GarbageCollector(lambda: resting[0], qapp)
    monkeypatch.setattr(garbage, "LONGEST_LOOKS", 3)
    monkeypatch.setattr(gc, "get_count", lambda: tuple(most + 1 for most in gc.get_threshold()))
    monkeypatch.setattr(gc, "collect", lambda generation=2: collected.append(generation))
    try:
        for _ in range(4):
            made.look()
        assert collected == [1, 1, 1, 2]
        resting[0] = True
        made.look()
        assert collected[-1] == 2
    finally:
        made.deleteLater()
        gc.unfreeze()
        gc.enable()
