"""The file without a name: it gives back what it was given, within its budget, and fails at nothing."""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_gui.engine import page_file
from backprop_gui.engine.page_file import FREE_SHARE, PAGE, PageFile, Pages
from tests.engine.time_lab import Disk, use_disk


def blob(number: int, size: int) -> bytes:
    return bytes([number % 251]) * size


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3 * PAGE), st.integers(0, 5)), max_size=30))
def test_whatever_is_let_go_of_the_rest_is_given_back_within_the_budget(
    changes: list[tuple[int, int]],
) -> None:
    file = PageFile(12 * PAGE)
    kept: dict[Pages, bytes] = {}
    for number, (size, forgotten) in enumerate(changes):
        data = blob(number, size)
        pages = file.write(data)
        room = 12 - sum(map(len, kept))
        assert (pages is not None) == (len(data) <= room * PAGE)
        if pages is not None:
            kept[pages] = data
        if forgotten < 2:
            kept = dict(list(kept.items())[forgotten::2])
            file.keep_only(page for pages in kept for page in pages)
        assert file.used == sum(map(len, kept)) * PAGE
        for pages, data in kept.items():
            assert file.read(pages)[: len(data)] == data


def test_the_file_is_closed_as_soon_as_nothing_is_in_it_and_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = use_disk(monkeypatch, Disk())
    file = PageFile(10 * PAGE)
    assert not disk.files
    assert file.write(b"one") == (0,)
    file.keep_only(())
    assert [made.closed for made in disk.files] == [True]
    assert file.used == 0
    pages = file.write(b"two")
    assert pages is not None
    assert file.read(pages) == b"two"
    del file
    gc.collect()
    assert [made.closed for made in disk.files] == [True, True]


def test_the_end_of_the_file_that_is_not_used_is_given_back_to_the_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = use_disk(monkeypatch, Disk())
    file = PageFile(10 * PAGE)
    for number in range(5):
        file.write(blob(number, PAGE))
    file.keep_only([1])
    assert disk.files[0].seek(0, 2) == 2 * PAGE
    assert file.write(blob(9, 2 * PAGE)) == (0, 2)
    assert file.read((1,)) == blob(1, PAGE)


@pytest.mark.parametrize("short", [False, True])
def test_a_full_disk_leaves_what_is_there_and_room_that_becomes_free(
    monkeypatch: pytest.MonkeyPatch, short: bool
) -> None:
    use_disk(monkeypatch, Disk(pages=3, short=short))
    file = PageFile(100 * PAGE)
    assert file.write(blob(1, PAGE)) == (0,)
    assert file.write(blob(2, 2 * PAGE)) == (1, 2)
    assert file.write(blob(3, 2 * PAGE)) is None
    assert file.used == 3 * PAGE
    assert file.read((0,)) == blob(1, PAGE)
    assert file.read((1, 2)) == blob(2, 2 * PAGE)
    file.keep_only((1, 2))
    assert file.write(blob(4, 2 * PAGE)) is None
    assert file.write(blob(5, PAGE)) == (0,)
    assert file.read((0, 1)) == blob(5, PAGE) + blob(2, PAGE)


def refused(*args: object, **named: object) -> object:
    raise FileNotFoundError("No usable temporary folder.")


@pytest.mark.parametrize(
    "break_it",
    [
        lambda patch: patch.setattr(tempfile, "TemporaryFile", refused),
        lambda patch: patch.setattr(shutil, "disk_usage", refused),
        lambda patch: (
            patch.setattr(tempfile, "gettempdir", refused),
            patch.setattr(page_file, "LASTING", "/no/such"),
        ),
    ],
    ids=["no file", "no disk", "no folder"],
)
def test_where_no_file_can_be_made_nothing_is_kept_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch, break_it: Callable[[pytest.MonkeyPatch], object]
) -> None:
    monkeypatch.delenv("TMPDIR", raising=False)
    break_it(monkeypatch)
    file = PageFile(10 * PAGE)
    assert file.write(b"one") is None
    assert file.write(b"two") is None
    assert file.used == 0


def test_most_of_the_free_disk_is_left_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    free = SimpleNamespace(free=2 * FREE_SHARE * PAGE)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: free)
    file = PageFile(100 * PAGE)
    assert file.write(blob(1, 3 * PAGE)) is None
    assert file.write(blob(1, 2 * PAGE)) == (0, 1)
    assert file.write(b"more") is None


def test_what_others_write_meanwhile_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    free = SimpleNamespace(free=100 * FREE_SHARE * PAGE)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: free)
    monkeypatch.setattr(page_file, "ASK_PAGES", 1)
    file = PageFile(100 * PAGE)
    assert file.write(blob(1, 3 * PAGE)) == (0, 1, 2)
    free.free = FREE_SHARE * PAGE
    assert file.write(blob(1, PAGE)) == (3,)
    free.free = 0
    assert file.write(blob(1, 2 * PAGE)) is None
