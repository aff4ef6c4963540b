"""Classes of many inputs: which class is taken for which."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from backprop_gui.data import Dataset, Prepared, Task
from backprop_gui.engine.arrays import Array
from backprop_gui.engine.frame import Frame, Probe
from backprop_gui.ui import theme
from backprop_gui.ui.plots.answers import Answers
from backprop_gui.ui.plots.axes import LABEL_PX, label_font
from backprop_gui.ui.plots.legends import ROW_PX, paint_bar, paint_words
from backprop_gui.ui.plots.view import View

SMALLEST_NUMBER_PX, SMALL_PX = 13, 18
"""A cell smaller than the one is only a colour, smaller than the other it has small digits."""
SMALLEST_NAME_PX = 11
LONGEST_NAME_PX = 76
SHARE_PX = 40
"""Room for the share of right answers beside a row."""


def decide(task: Task, predictions: Array) -> NDArray[np.intp]:
    """Return the class of each of (examples, outputs) predictions; -1 where they are not finite."""
    with np.errstate(all="ignore"):
        winners = (
            (predictions[:, 0] > 0.5).astype(np.intp) if task is Task.BINARY else predictions.argmax(axis=1)
        )
    winners[~np.isfinite(predictions).all(axis=1)] = -1
    return winners


class Confusion(View):
    """Counts of (true class, predicted class); a row is one true class.

    Attributes
    ----------
    counts : (classes, classes) integers or None
    """

    by_part = True

    @staticmethod
    def suits(dataset: Dataset) -> bool:
        return dataset.task is not Task.REGRESSION

    def take_data(self, prepared: Prepared) -> None:
        dataset = prepared.dataset
        self._names = dataset.class_names
        self._answers = Answers(prepared, self.part)
        self.setAccessibleName("What the network has learned")
        self.setAccessibleDescription(
            f"How often each of {len(self._names)} classes is predicted for each. "
            "The left and right arrow keys go to another example."
        )

    def forget(self) -> None:
        self.counts: NDArray[np.intp] | None = None
        self._bad = 0

    def predict(self, frame: Frame, running: bool) -> None:
        assert self.prepared is not None
        task, classes = self.prepared.dataset.task, len(self._names)
        decided = decide(task, self._answers.predict(frame))
        targets = self._answers.targets
        true = (targets[:, 0] > 0.5).astype(np.intp) if task is Task.BINARY else targets.argmax(axis=1)
        known = decided >= 0
        cells = true[known] * classes + decided[known]
        counts = np.bincount(cells, minlength=classes * classes).reshape(classes, classes)
        self._true, self._decided = true, decided
        self._bad = int((~known).sum())
        if self.counts is None or not np.array_equal(counts, self.counts):
            self.counts = counts
            self._backdrop = None

    # ---- what is where

    def lay_out(self) -> None:
        if self.prepared is None:
            return
        classes, width, height = len(self._names), self.width(), self.height()
        metrics = QFontMetricsF(label_font(self.font()))
        longest = max(metrics.horizontalAdvance(name) for name in self._names)
        left = min(longest, LONGEST_NAME_PX, 0.32 * width) + 8 + ROW_PX
        across = (width - left - SHARE_PX) / classes
        # Names stand upright where they are wider than a column.
        self._upright = longest + 6 > across
        head = ROW_PX + (min(longest, LONGEST_NAME_PX) + 6 if self._upright else ROW_PX)
        below = 3 * ROW_PX + 16
        side = max(2.0, min(across, (height - head - below) / classes, 64.0))
        self._cell = side
        self._grid = QRectF(left, head, side * classes, side * classes)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return where a cell is, in pixels."""
        side = self._cell
        return QRectF(self._grid.left() + column * side, self._grid.top() + row * side, side, side)

    def _cell_at(self, point: QPointF) -> tuple[int, int] | None:
        if self.counts is None or not self._grid.contains(point):
            return None
        classes = len(self._names)
        row = min(classes - 1, int((point.y() - self._grid.top()) / self._cell))
        column = min(classes - 1, int((point.x() - self._grid.left()) / self._cell))
        return row, column

    def probe_at(self, point: QPointF) -> Probe | None:
        """Return the next example in the cell at a pixel, after the one looked at."""
        cell = self._cell_at(point)
        if cell is None:
            return None
        inside = self._answers.indices[(self._true == cell[0]) & (self._decided == cell[1])]
        if not len(inside):
            return None
        after = self.probe.index if self.probe is not None and self.probe.part is self.part else -1
        later = inside[inside > after]
        return Probe(self.part, int(later[0] if len(later) else inside[0]))

    def words_at(self, point: QPointF) -> str:
        cell = self._cell_at(point)
        if cell is None or self.counts is None:
            return ""
        row, column = cell
        total = int(self.counts[row].sum())
        count = int(self.counts[row, column])
        share = f" ({100 * count / total:.1f} %)" if total else ""
        words = f"{count:,} of {total:,} of class {self._names[row]} taken for {self._names[column]}{share}"
        return f"{words}\nClick to look at the next of them." if count else words

    # ---- painting

    def paint_under(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), theme.current().window)

    def paint_backdrop(self, painter: QPainter) -> None:
        grid = self._grid
        if self.counts is not None:
            self._paint_cells(painter, self.counts)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.current().border, 1))
        painter.drawRect(grid)
        self._paint_names(painter)
        top = grid.bottom() + 10
        width = min(self.width() - 4.0, max(grid.right(), 180.0))
        below = paint_bar(
            painter, 0, top, width, theme.current().sequential_lut, ["0 %", "of the true class", "100 %"]
        )
        paint_words(painter, 0, below, self.width(), self.summary())

    def _paint_cells(self, painter: QPainter, counts: NDArray[np.intp]) -> None:
        now, grid, side = theme.current(), self._grid, self._cell
        totals = counts.sum(axis=1)
        font = label_font(self.font(), bold=True)
        if side < SMALL_PX:
            font.setPixelSize(LABEL_PX - 2)
        numbered = side >= SMALLEST_NUMBER_PX
        painter.setFont(font)
        for row, column in np.ndindex(*counts.shape):
            count = int(counts[row, column])
            color = now.sequential(count / max(1, int(totals[row])))
            cell = self.cell_rect(row, column)
            painter.fillRect(cell.adjusted(0.5, 0.5, -0.5, -0.5) if numbered else cell, color)
            if numbered and count:
                painter.setPen(now.text_on(color))
                painter.drawText(
                    cell, Qt.AlignmentFlag.AlignCenter, _fitting(f"{count}", side, font.pixelSize())
                )
        painter.setFont(label_font(self.font()))
        painter.setPen(now.muted)
        if side >= SMALLEST_NAME_PX:
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(
                QRectF(grid.right(), grid.top() - ROW_PX - 2, SHARE_PX - 4, ROW_PX), right, "right"
            )
            for row, total in enumerate(totals.tolist()):
                place = QRectF(grid.right(), grid.top() + row * side, SHARE_PX - 4, side)
                share = f"{100 * counts[row, row] / total:.0f} %" if total else "–"
                painter.drawText(place, right, share)

    def paint_over(self, painter: QPainter) -> None:
        """Frame the cell of the example looked at."""
        if self.counts is None or self.probe is None or self.probe.part is not self.part:
            return
        at = int(np.searchsorted(self._answers.indices, self.probe.index))
        if (
            at == len(self._answers.indices)
            or self._answers.indices[at] != self.probe.index
            or self._decided[at] < 0
        ):
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.current().text, 2))
        painter.drawRoundedRect(self.cell_rect(int(self._true[at]), int(self._decided[at])), 2, 2)

    def _paint_names(self, painter: QPainter) -> None:
        grid, side = self._grid, self._cell
        font = label_font(self.font())
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(theme.current().muted)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(grid.left(), 0, self.width() - grid.left(), ROW_PX), left, "predicted")
        painter.save()
        painter.translate(0, grid.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, grid.height(), ROW_PX), Qt.AlignmentFlag.AlignHCenter, "true")
        painter.restore()
        if side < SMALLEST_NAME_PX:
            return
        painter.setPen(theme.current().text)
        elide = Qt.TextElideMode.ElideRight
        for place, name in enumerate(self._names):
            beside = QRectF(ROW_PX, grid.top() + place * side, grid.left() - ROW_PX - 6, side)
            short = metrics.elidedText(name, elide, beside.width())
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, short)
            above = QRectF(grid.left() + place * side, ROW_PX, side, grid.top() - ROW_PX - 4)
            if not self._upright:
                painter.drawText(
                    above, Qt.AlignmentFlag.AlignCenter, metrics.elidedText(name, elide, side - 2)
                )
                continue
            painter.save()
            painter.translate(above.center().x(), above.bottom())
            painter.rotate(-90)
            short = metrics.elidedText(name, elide, above.height())
            painter.drawText(QPointF(0, metrics.capHeight() / 2), short)
            painter.restore()

    def summary(self) -> str:
        """Say how many were right, of how many, and what was left out."""
        if self.counts is None:
            return ""
        total, right = int(self.counts.sum()) + self._bad, int(self.counts.trace())
        parts = [f"{right:,} of {total:,} right"] if total else []
        if total:
            parts[0] += f" ({100 * right / total:.1f} %)"
        if self._bad:
            parts.append(f"{self._bad:,} not a number")
        if self._answers.note:
            parts.append(self._answers.note)
        return " · ".join(parts)


def _fitting(text: str, side: float, pixel_size: int) -> str:
    """Return ``text``, or nothing where it would not fit into a cell."""
    return text if 0.62 * pixel_size * len(text) <= side - 1 else ""


__all__ = ["Confusion", "decide"]
