"""The store of moments: the latest in memory, earlier ones in a file once they have become too many for it.

Where a record is makes no difference to who reads it, except for a fraction of a millisecond: not a bit changes on
the way to the file and back.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Iterable
from itertools import accumulate, pairwise

from backprop_gui.engine.page_file import PageFile, Pages
from backprop_gui.engine.run import Best
from backprop_gui.engine.stepper import Moment


class Record:
    """A moment that is kept, and the best weights up to then where early stopping watches for them.

    Attributes
    ----------
    step, epoch, position : int
        Those of the moment, known without reading it.
    bytes : int
        What it takes in memory, if it is there.
    """

    __slots__ = ("_content", "_file", "_frame", "_pages", "_sizes", "bytes", "epoch", "position", "step")

    def __init__(self, moment: Moment, best: Best | None = None) -> None:
        self.step, self.epoch, self.position = moment.step, moment.epoch, moment.position
        self.bytes = bytes_of(moment) + (0 if best is None else best.parameters.nbytes)
        self._content: tuple[Moment, Best | None] | None = (moment, best)
        self._pages: Pages = ()

    def read(self) -> tuple[Moment, Best | None]:
        """Return the moment and the best weights up to then, which are not to be changed.

        Raises
        ------
        OSError
            If they are in the file and the disk does not give them back.
        """
        if self._content is not None:
            return self._content
        numbers, ends = memoryview(self._file.read(self._pages)), list(accumulate(self._sizes, initial=0))
        moment, best = pickle.loads(self._frame, buffers=[numbers[a:b] for a, b in pairwise(ends)])
        return moment, best

    @property
    def moment(self) -> Moment:
        """The moment itself, as :meth:`read` returns it."""
        return self.read()[0]

    @property
    def pages(self) -> Pages:
        """Where it is in the file; empty while it is in memory."""
        return self._pages

    def move_to(self, file: PageFile) -> bool:
        """Let go of the memory for some pages of ``file``; return False if that has no room."""
        # The numbers apart from the rest: they go to the file without a detour, and come back without being copied.
        arrays: list[pickle.PickleBuffer] = []
        frame = pickle.dumps(self._content, protocol=5, buffer_callback=arrays.append)
        numbers = [array.raw() for array in arrays]
        pages = file.write(b"".join(numbers))
        if pages is None:
            return False
        self._frame, self._sizes = frame, [part.nbytes for part in numbers]
        self._file, self._pages, self._content = file, pages, None
        return True


class MomentStore:
    """Knows which records are kept, and what they take.

    Attributes
    ----------
    count : int
        Records kept.
    bytes : int
        What those in memory take.
    """

    def __init__(self, file_budget: int) -> None:
        self._file = PageFile(file_budget)
        self.keep_only(())

    @property
    def file_bytes(self) -> int:
        """What those in the file take."""
        return self._file.used

    def add(self, record: Record) -> None:
        """Keep ``record``, which is later than all others, in memory."""
        self._inside.append(record)
        self.count += 1
        self.bytes += record.bytes

    def move_out(self) -> bool:
        """Move the earliest record that is in memory to the file; return False if there is none, or no room."""
        if not self._inside or not self._inside[0].move_to(self._file):
            return False
        self.bytes -= self._inside.popleft().bytes
        return True

    def keep_only(self, records: Iterable[Record]) -> None:
        """Let go of all records but these, which are sorted by step."""
        kept = list(records)
        self._file.keep_only(page for record in kept for page in record.pages)
        self._inside = deque(record for record in kept if not record.pages)
        self.count = len(kept)
        self.bytes = sum(record.bytes for record in self._inside)


def bytes_of(moment: Moment) -> int:
    """Return the bytes that a moment takes."""
    return moment.theta.nbytes + sum(vector.nbytes for vector in moment.vectors.values())


__all__ = ["MomentStore", "Record", "bytes_of"]
