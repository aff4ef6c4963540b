"""Worked solutions as PDF."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

from backprop_gui.errors import UserError
from backprop_gui.project.atomic import appearing
from backprop_gui.solutions import Solution
from backprop_gui.solutions import Style as Wanted
from backprop_gui.ui import theme as themes
from backprop_gui.ui.solution_pages import (
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    SMALL_PX,
    UNITS_PER_INCH,
    Placed,
    pages_of,
)
from backprop_gui.ui.typeset.box import text_box
from backprop_gui.ui.typeset.type import Role, ink, type_of

RESOLUTION = 1200
"""Dots an inch: many more than the units that pages are laid out in."""


class SolutionPdfError(UserError):
    """The file could not be written."""


def write_pdf(solution: Solution, wanted: Wanted, path: Path) -> None:
    """Write ``solution`` to ``path``, which appears complete or not at all.

    Raises
    ------
    UserError
        If the system refuses.
    """
    with appearing(path, SolutionPdfError) as temporary:
        _print(pages_of(solution, wanted), solution.title, temporary)


def _print(pages: list[list[Placed]], title: str, path: Path) -> None:
    writer = QPdfWriter(str(path))
    writer.setTitle(title)
    writer.setCreator("Backprop Lab")
    writer.setResolution(RESOLUTION)
    layout = QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)
    )
    writer.setPageLayout(layout)
    painter = QPainter()
    if not painter.begin(writer):
        raise SolutionPdfError(f"“{path.name}” could not be written: choose another place.")
    try:
        painter.scale(RESOLUTION / UNITS_PER_INCH, RESOLUTION / UNITS_PER_INCH)
        colors = ink(themes.LIGHT)
        for number, page in enumerate(pages):
            if number:
                writer.newPage()
            for placed in page:
                placed.box.draw(painter, MARGIN + placed.x, MARGIN + placed.y, colors)
            foot = text_box(f"{number + 1} / {len(pages)}", type_of(SMALL_PX), Role.MUTED)
            foot.draw(painter, (PAGE_WIDTH - foot.width) / 2, PAGE_HEIGHT - MARGIN / 2, colors)
    finally:
        painter.end()


__all__ = ["write_pdf"]
