"""The timeline: where training has been, so that every update of the past can be stood at again, bit for bit.

Only causes are kept: now and then a :class:`Moment`, which is everything that an update changes. What lies between
two of them is made again by the same stepper from the earlier one. What an update *reads* (the drawing, the data, the
settings) stays for as long as a stepper lives, so whatever else changes begins a new segment.

The memory is bounded: when it is full, every second moment goes, and from then on half as many are kept. Once they are
so far apart that replaying takes its time, the earliest move to a file instead, until that is full too.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from backprop_gui.engine.early_stopping import best_of, watched
from backprop_gui.engine.frame import Beginning, Mark, Span
from backprop_gui.engine.moment_store import MomentStore, Record, bytes_of
from backprop_gui.engine.run import Best
from backprop_gui.engine.segment import Passage, Segment
from backprop_gui.engine.stepper import Moment, Stepper

BUDGET = 160_000_000
"""Bytes that all moments in memory may take together."""
FILE_BUDGET = 1_000_000_000
"""Bytes that all moments in the file may take together."""
SPARSE = 256
"""The stride from which on moments go to the file rather than away. Below, replaying is quick and writing would not be:
so few updates of 10,000 parameters take some 20 ms, and moments of them, one after another, 10 MB a second."""
MOST_MOMENTS = 8192
"""Moments kept, however small they are."""
MOST_SEGMENTS = 64
"""Segments kept: each holds a drawing and its plan."""
PLAN_VECTORS = 4
"""What the plan of an earlier drawing takes, in vectors of its parameters."""
MOST_NEAR, NEAR_SHARE = 24, 8
"""Moments kept of the gap that was looked into last, and the share of the budget that they may take."""


class Timeline:
    """The segments of the past, the last of which the trainer goes on with.

    Attributes
    ----------
    due : int
        The step of the next moment to be kept; the trainer compares its own with it after each update.
    stride : int
        A moment is kept at every step that it divides.
    """

    def __init__(
        self,
        budget: int = BUDGET,
        most: int = MOST_MOMENTS,
        file_budget: int = FILE_BUDGET,
        sparse: int = SPARSE,
    ) -> None:
        self._budget, self._most, self._sparse = budget, most, sparse
        self._store = MomentStore(file_budget)
        self._near: list[Moment] = []
        """Moments of the segment that was looked into last, between the kept ones."""
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.segments: list[Segment] = []
        self.stride = 1
        self._forget_near()
        self._store.keep_only(())
        self._plans = 0
        self._awake: Segment | None = None

    @property
    def bytes(self) -> int:
        """What the kept moments take in memory."""
        return self._used + sum(map(bytes_of, self._near))

    @property
    def file_bytes(self) -> int:
        """What the kept moments take on the disk."""
        return self._store.file_bytes

    @property
    def _used(self) -> int:
        return self._store.bytes + self._plans

    # ---- recording

    def begin(
        self, stepper: Stepper, origin: object, text: str, beginning: Beginning, best: Best | None = None
    ) -> None:
        """Begin a segment where ``stepper`` stands; what was at that step or later is forgotten."""
        self._cut(stepper.step)
        for segment in self.segments[-1:]:
            segment.rest()
        self.segments.append(Segment(stepper, origin, text, beginning))
        del self.segments[:-MOST_SEGMENTS]
        self._measure()
        self.record(best)

    def record(self, best: Best | None = None) -> None:
        """Keep the present moment of the last segment."""
        segment = self.segments[-1]
        record = Record(segment.stepper.moment(), best)
        segment.records.append(record)
        self._store.add(record)
        while self._used > self._budget or self._store.count > self._most:
            if not (self._move_out() or self._thin() or self._drop_oldest()):
                break
        self._await()

    def cut(self, step: int) -> None:
        """Forget what is later than ``step``; the last segment goes on there."""
        self._cut(step + 1)
        self._measure()
        self._await()

    def _await(self) -> None:
        self.due = (self.segments[-1].stepper.step // self.stride + 1) * self.stride

    def _cut(self, step: int) -> None:
        """Forget ``step`` and what is later."""
        for segment in self.segments:
            # What was made first is the beginning of everything else in it.
            segment.records = [record for record in segment.records if record.step < step]
        self.segments = [segment for segment in self.segments if segment.records]
        self._forget_near()
        self._awake = None

    def _move_out(self) -> bool:
        """Make room in memory by means of the file; return False if it is too early for that, or impossible."""
        return self.stride >= self._sparse and self._store.count <= self._most and self._store.move_out()

    def _thin(self) -> bool:
        """Keep half as many moments from now on; return False if none is left that could go."""
        if all(len(segment.records) == 1 for segment in self.segments):
            return False
        self.stride *= 2
        for segment in self.segments:
            first, *others = segment.records
            segment.records = [first, *(record for record in others if record.step % self.stride == 0)]
        self._measure()
        return True

    def _drop_oldest(self) -> bool:
        if len(self.segments) == 1:
            return False
        del self.segments[0]
        self._forget_near()
        self._measure()
        return True

    def _measure(self) -> None:
        # What is trained now would be there without a timeline.
        older = {segment.plan for segment in self.segments} - {self.segments[-1].plan}
        self._plans = sum(PLAN_VECTORS * plan.start.nbytes for plan in older)
        self._store.keep_only(record for segment in self.segments for record in segment.records)

    # ---- looking

    def span(self, step: int, epoch: float) -> Span:
        """Return from where to where one can go, given the present step and time."""
        beginning, *edits = (Mark(part.first, part.began, part.text) for part in self.segments)
        return Span(beginning.step, beginning.epoch, step, epoch, tuple(edits))

    def segment_at(self, step: int) -> Segment:
        """Return the segment that ``step`` lies in: of two that meet there, the newer one."""
        return self.segments[self._place(step)]

    def _place(self, step: int) -> int:
        return max(0, bisect_right(self.segments, step, key=lambda segment: segment.first) - 1)

    def kept_at(self, epoch: float) -> int:
        """Return the kept step that is nearest to a time in epochs."""
        near = []
        for segment in self.segments:
            place = bisect_left(segment.records, epoch, key=segment.time)
            for record in segment.records[max(0, place - 1) : place + 1]:
                near.append((abs(segment.time(record) - epoch), -record.step))
        return -min(near)[1]

    def kept_beside(self, step: int, ahead: bool) -> int | None:
        """Return the next kept step after ``step``, or the last one before it; None if there is none."""
        steps = [record.step for segment in self.segments for record in segment.records]
        beside = [kept for kept in steps if (kept > step if ahead else kept < step)]
        return None if not beside else min(beside) if ahead else max(beside)

    @contextmanager
    def at(self, step: int) -> Iterator[Segment]:
        """Return the segment of ``step``, whose stepper stands there while the block runs.

        Afterwards it is exactly where it was. A step that is not in the past is moved to the nearest one that is.
        """
        segment = self.segment_at(step)
        stepper = segment.stepper
        if self._awake is not None and self._awake is not segment:
            self._awake.rest()
        self._awake = None if segment is self.segments[-1] else segment
        present = stepper.moment()
        try:
            self._stand_at(segment, self._clamped(step, segment))
            yield segment
        finally:
            stepper.restore(present)

    def _clamped(self, step: int, segment: Segment) -> int:
        place = self.segments.index(segment) + 1
        last = self.segments[place].first - 1 if place < len(self.segments) else segment.stepper.step
        return min(max(step, segment.first), last)

    def _stand_at(self, segment: Segment, step: int) -> None:
        """Replay to ``step`` from the nearest moment before it, keeping some on the way for the next time."""
        stepper = segment.stepper
        start = segment.records[bisect_right(segment.records, step, key=lambda r: r.step) - 1].moment
        if self._near_segment is not segment:
            self._forget_near(segment)
        before = [moment for moment in self._near if start.step < moment.step <= step]
        self._near = before
        stepper.restore(before[-1] if before else start)
        # Ever closer to the goal, from which one may want to step back.
        goals = {step - 2**k for k in range((step - stepper.step).bit_length())} | {step}
        with np.errstate(all="ignore"):
            while stepper.step < step:
                stepper.update()
                if stepper.step in goals:
                    self._near.append(stepper.moment())
        self._limit_near(bytes_of(start))

    def _limit_near(self, size: int) -> None:
        most = max(2, min(MOST_NEAR, self._budget // NEAR_SHARE // max(1, size)))
        while len(self._near) > most:
            half = len(self._near) // 2
            self._near = self._near[:half][1::2] + self._near[half:]

    def _forget_near(self, segment: Segment | None = None) -> None:
        self._near_segment = segment
        self._near = []

    def passages(self, limit: int) -> list[Passage]:
        """Return what is kept, copied, segment by segment: at most ``limit`` moments, evenly chosen."""
        every = max(1, math.ceil(self._store.count / max(1, limit)))
        passages, before = [], 0
        for segment in self.segments:
            chosen = segment.records[-before % every :: every]
            before += len(segment.records)
            if chosen:
                passages.append(segment.passage(chosen))
        return passages

    # ---- going back

    def go_back_to(self, step: int) -> tuple[Segment, Best | None]:
        """Make the moment at ``step`` the last one: its segment's stepper stands there, what came later is forgotten.

        Returns
        -------
        segment : Segment
        best : Best or None
            The best weights up to then, as early stopping had found them.
        """
        segment = self.segment_at(step)
        step = self._clamped(step, segment)
        stepper, best = segment.stepper, None
        if stepper.settings.patience:
            record = segment.records[bisect_right(segment.records, step, key=lambda r: r.step) - 1]
            moment, best = record.read()
            stepper.restore(moment)
            with np.errstate(all="ignore"):
                while stepper.step < step:
                    stepper.update()
                    if stepper.batches.position == 0:
                        best = best_of(best, stepper, watched(stepper.score_train(), stepper.score_test()))
        else:
            self._stand_at(segment, step)
        self.cut(step)
        return segment, best


__all__ = ["BUDGET", "MOST_MOMENTS", "MOST_SEGMENTS", "Timeline"]
