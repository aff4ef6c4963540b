"""Moments that went to the file: the same bits as from memory, within both budgets, on a full disk too."""

from __future__ import annotations

import gc
import tempfile
from dataclasses import replace

import numpy as np
import pytest

from backprop_gui.engine import OPTIMIZERS
from backprop_gui.engine.frame import NoteKind
from backprop_gui.engine.page_file import PAGE
from backprop_gui.engine.timeline import Timeline
from backprop_gui.engine.trainer import Trainer
from tests.engine.time_lab import VARIANTS, Disk, begin, bits, edited, live, use_disk

FEW = 3_000
"""Bytes that hold few moments of the small network."""


def outside(trainer: Trainer) -> list[int]:
    """The kept steps that are in the file."""
    segments = trainer.timeline.segments
    return [record.step for segment in segments for record in segment.records if record.pages]


def inside(timeline: Timeline) -> int:
    """The bytes that records have in memory."""
    return sum(record.bytes for part in timeline.segments for record in part.records if not record.pages)


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_every_update_is_stood_at_again_bit_for_bit(optimizer: str) -> None:
    trainer = begin(1000, FEW, sparse=4, optimizer=optimizer)
    past = live(trainer, 80)
    assert len(outside(trainer)) > 5
    assert trainer.timeline.stride == 4
    for step in np.random.default_rng(0).permutation(80).tolist():
        with trainer.at(step):
            assert bits(trainer) == past[step]
    assert bits(trainer) == past[80]


@pytest.mark.parametrize("changes", VARIANTS)
@pytest.mark.parametrize("back", [0, 7, 16, 29])
def test_continuing_repeats_the_past(changes: dict[str, object], back: int) -> None:
    trainer = begin(1000, FEW, sparse=1, **changes)
    past = live(trainer, 30)
    assert len(outside(trainer)) > 10
    trainer.continue_from(back)
    assert bits(trainer) == past[back]
    assert max(outside(trainer), default=0) <= back
    assert live(trainer, 30 - back) == {step: past[step] for step in range(back, 31)}


def test_the_best_weights_of_early_stopping_come_back_from_the_file() -> None:
    trainer = begin(1000, FEW, sparse=1, patience=2, learning_rate=0.6)
    trainer.advance(3000)
    assert trainer.note is not None
    assert trainer.note.kind is NoteKind.STOPPED_EARLY
    ended, note = bits(trainer), trainer.note
    for back in (trainer.step - 1, trainer.step // 2, 1):
        assert len(outside(trainer)) > 3
        trainer.continue_from(back)
        trainer.advance(3000)
        assert (bits(trainer), trainer.note) == (ended, note)
    record = trainer.timeline.segments[0].records[len(outside(trainer)) // 2]
    assert record.pages
    best = record.read()[1]
    assert best is not None
    assert not best.parameters.flags.writeable


def test_edits_on_the_way_leave_the_past_in_the_file_as_it_was() -> None:
    # The plans of earlier drawings stay in memory.
    trainer = begin(1000, 3 * FEW, sparse=1)
    past = live(trainer, 30)
    for number, kind in enumerate(["drawing", "optimizer", "data", "drawing", "rate"]):
        edited(trainer, kind, 5 + 2 * number)
        past = past | live(trainer, 20)
    assert trainer.timeline.segments[0].first == 0
    assert len(outside(trainer)) > 90
    for step in np.random.default_rng(0).permutation(trainer.step)[:60].tolist():
        with trainer.at(step):
            assert bits(trainer) == past[step]


def test_what_is_known_of_the_kept_moments_is_the_same_wherever_they_are() -> None:
    there, here = begin(1000, FEW, sparse=1), begin(1000)
    for trainer in (there, here):
        trainer.advance(30)
        edited(trainer, "drawing", 1)
        trainer.advance(40)
    assert outside(there)
    assert not outside(here)
    for time in np.linspace(-1, 25, 53):
        assert there.timeline.kept_at(time) == here.timeline.kept_at(time)
    for step in range(70):
        for ahead in (False, True):
            assert there.timeline.kept_beside(step, ahead) == here.timeline.kept_beside(step, ahead)
    for one, other in zip(there.timeline.passages(20), here.timeline.passages(20), strict=True):
        assert (one.steps == other.steps).all()
        assert (one.epochs == other.epochs).all()
        assert one.thetas.tobytes() == other.thetas.tobytes()


# ---- bounded


def test_memory_and_file_stay_within_their_budgets_and_the_stride_where_it_may() -> None:
    trainer = begin(1000, FEW, file_budget=20 * PAGE, sparse=4, optimizer="adam")
    strides = []
    for _ in range(60):
        trainer.advance(5)
        timeline = trainer.timeline
        assert inside(timeline) <= FEW
        assert timeline.file_bytes == len(outside(trainer)) * PAGE <= 20 * PAGE
        strides.append(timeline.stride)
    room = 20 + FEW // trainer.timeline.segments[-1].records[-1].bytes
    assert strides[room * 4 // 5 - 2] == 4
    assert strides[-1] == 4 * 2 ** int(np.ceil(np.log2(300 / (4 * room))))
    steps = [record.step for record in trainer.timeline.segments[0].records]
    assert set(np.diff(steps).tolist()) == {strides[-1]}


def test_while_moments_are_close_together_none_goes_to_the_file() -> None:
    trainer = begin(1000, FEW, sparse=128)
    trainer.advance(200)
    assert trainer.timeline.stride < 128
    assert not outside(trainer)
    assert trainer.timeline.file_bytes == 0


@pytest.mark.parametrize("disk", [Disk(pages=0), Disk(pages=7), Disk(pages=7, short=True)])
def test_a_full_disk_only_makes_the_timeline_coarser(monkeypatch: pytest.MonkeyPatch, disk: Disk) -> None:
    use_disk(monkeypatch, replace(disk, files=[]))
    trainer = begin(1000, FEW, sparse=1)
    past = live(trainer, 60)
    assert inside(trainer.timeline) <= FEW
    assert trainer.timeline.file_bytes <= disk.pages * PAGE
    assert trainer.timeline.stride > 1
    assert bool(outside(trainer)) == bool(disk.pages)
    for step in range(60):
        with trainer.at(step):
            assert bits(trainer) == past[step]


def test_without_a_file_the_timeline_is_coarser(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**named: object) -> object:
        raise PermissionError("Not here.")

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    trainer = begin(1000, FEW, sparse=1)
    past = live(trainer, 60)
    assert not outside(trainer)
    assert inside(trainer.timeline) <= FEW
    with trainer.at(13):
        assert bits(trainer) == past[13]


# ---- its end


def test_the_file_is_closed_when_training_begins_again_and_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = use_disk(monkeypatch, Disk())
    trainer = begin(1000, FEW, sparse=1)
    trainer.advance(40)
    assert [file.closed for file in disk.files] == [False]
    trainer.reset()
    assert [file.closed for file in disk.files] == [True]
    trainer.advance(40)
    assert [file.closed for file in disk.files] == [True, False]
    del trainer
    gc.collect()
    assert [file.closed for file in disk.files] == [True, True]
