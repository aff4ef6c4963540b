"""One tile of the data gallery: a small picture of a data set over its name."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontInfo, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from backprop_gui.data import DATASETS, Preview, Source, default_settings, load, preview
from backprop_gui.ui import theme
from backprop_gui.ui.class_colors import class_color
from backprop_gui.ui.colors import blended

HEIGHT = 68
PICTURE = QSize(72, 42)
RADIUS = 7.0
POINTS = 120
"""Examples in a picture: more would be a blot."""
_DOT, _LARGE_DOT = 1.3, 3.2


@lru_cache(maxsize=1)
def gallery_previews() -> dict[str, Preview]:
    """Return a preview of every data set as it is to begin with; reading the real ones takes a moment."""
    return {name: preview(load(default_settings(name)), POINTS) for name in DATASETS}


class Thumbnail(QAbstractButton):
    """A checkable tile; :meth:`show_preview` gives it its picture when there is one."""

    def __init__(self, name: str, source: Source) -> None:
        super().__init__()
        self.name = name
        self._preview: Preview | None = None
        self._picture: QPixmap | None = None
        self.setText(source.title)
        self.setCheckable(True)
        self.setAccessibleName(source.title)
        self.setAccessibleDescription(source.description)
        tip = f"<b>{source.title}</b><br>{source.description}"
        self.setToolTip(
            f"<p>{tip}<br><small>{source.citation}</small></p>" if source.citation else f"<p>{tip}</p>"
        )
        # A click leaves the keyboard where it was, so that Space still plays and pauses.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        font = self.font()
        font.setPixelSize(max(9, QFontInfo(font).pixelSize() - 2))
        self.setFont(font)
        theme.notifier.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        return QSize(88, HEIGHT)

    def show_preview(self, preview: Preview) -> None:
        """Draw ``preview``."""
        self._preview = preview
        self._repaint()

    def _repaint(self) -> None:
        self._picture = None
        self.update()

    def paintEvent(self, event: object) -> None:
        look = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ground = look.tile
            if self.isChecked():
                ground = blended(look.accent, look.window, 0.08)
            painter.setBrush(ground)
            if self.isChecked() or self.hasFocus():
                painter.setPen(QPen(look.accent, 2 if self.hasFocus() and self.isChecked() else 1.2))
            elif self.underMouse():
                painter.setPen(QPen(look.outline, 1))
            else:
                painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
            text_height = self.fontMetrics().height() + 5
            if self._preview is not None:
                if self._picture is None:
                    self._picture = _drawn(self._preview, PICTURE, self.devicePixelRatioF(), look)
                left = (self.width() - PICTURE.width()) / 2
                top = (self.height() - text_height - PICTURE.height()) / 2 + 1
                painter.drawPixmap(QPointF(left, top), self._picture)
            painter.setPen(look.text if self.isChecked() else look.muted)
            place = self.rect().adjusted(5, self.height() - text_height, -5, -4)
            text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def _drawn(preview: Preview, size: QSize, ratio: float, look: theme.Theme) -> QPixmap:
    """Return the points of ``preview`` in a transparent picture of ``size``, the same scale in both directions."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    few = len(preview.points) <= 10
    radius = _LARGE_DOT if few else _DOT
    low, high = preview.points.min(axis=0), preview.points.max(axis=0)
    room = np.array([size.width(), size.height()]) - 2 * radius - (14 if few else 2)
    span = np.maximum(high - low, 1e-12)
    # A shape keeps its proportions; where the axes are of different kinds, the picture is filled.
    scale = room / span if _is_graph(preview) else np.full(2, (room / span).min())
    at = (preview.points - (low + high) / 2) * scale * (1, -1) + (size.width() / 2, size.height() / 2)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for (x, y), color in zip(at.tolist(), _colors(preview, look), strict=True):
            painter.setBrush(color)
            painter.drawEllipse(QPointF(x, y), radius, radius)
    return picture


def _is_graph(preview: Preview) -> bool:
    """Return whether the vertical position is the target itself, so that a colour would say it twice."""
    return not preview.classes and np.array_equal(preview.points[:, 1], preview.values)


def _colors(preview: Preview, look: theme.Theme) -> list[QColor]:
    values = preview.values
    if preview.classes:
        return [class_color(look, int(value)) for value in values]
    if _is_graph(preview):
        return [look.positive] * len(values)
    middle, limit = float(np.median(values)), float(np.abs(values - np.median(values)).max())
    if not limit:
        # Without a difference there is nothing to tell by colour: a single example is only to be seen.
        return [look.positive] * len(values)
    return [look.weight_color(float(value) - middle, limit) for value in values]


__all__ = ["HEIGHT", "Thumbnail", "gallery_previews"]
