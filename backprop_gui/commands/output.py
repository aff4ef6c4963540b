"""What the commands print as results, and where they write: JSON that is always valid, tables, exported files."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from backprop_gui.commands.command import UsageError
from backprop_gui.engine.frame import Score
from backprop_gui.errors import UserError
from backprop_gui.formats import ExportReport, Model, export, format_of
from backprop_gui.project import files


def print_json(value: Any) -> None:
    """Print one JSON value on one line, in ASCII; a number that is not finite becomes null."""
    print(json.dumps(_finite(value), allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_finite(item) for item in value]
    return value


def print_table(rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns, each as wide as its longest cell."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def score_object(score: Score | None) -> dict[str, float | None] | None:
    """Return a score as JSON has it."""
    return None if score is None else {"loss": score.loss, "accuracy": score.accuracy}


def score_text(score: Score) -> str:
    """Return a score as people read it."""
    accuracy = "" if score.accuracy is None else f", accuracy {percent(score.accuracy)}"
    return f"loss {score.loss:.6g}{accuracy}"


def percent(share: float) -> str:
    """Return a share from 0 to 1 in percent; only all is called 100 %."""
    text = f"{100 * share:.1f}"
    if text == "100.0":
        text = "100" if share == 1 else "99.9"
    return f"{text} %"


def check_destinations(paths: Iterable[str], *, formats: bool) -> None:
    """Raise an error if one of ``paths`` surely cannot be written, before work is done for it.

    ``formats`` says that their suffixes must be those of export formats.
    """
    for text in paths:
        path = Path(text)
        if formats:
            _ = format_of(path)
        folder = Path(os.path.realpath(path)).parent
        if not folder.is_dir():
            raise UsageError(f"The folder “{folder}” does not exist: create it, or choose another one.")
        if path.is_dir():
            raise UsageError(f"“{path}” is a folder: choose a file name in it.")


def check_project_path(text: str) -> None:
    """Raise an error unless a project can be saved at the path ``text``."""
    if Path(text).suffix != files.SUFFIX:
        raise UsageError(f"A project's file name ends in {files.SUFFIX}: “{text}” does not.")
    check_destinations([text], formats=False)


def export_all(model: Model, paths: Iterable[str]) -> tuple[list[ExportReport], list[UserError]]:
    """Export to every path; one that fails does not keep the others from being written."""
    reports: list[ExportReport] = []
    errors: list[UserError] = []
    for path in paths:
        try:
            reports.append(export(model, Path(path)))
        except UserError as error:
            errors.append(error)
    return reports, errors


def export_object(report: ExportReport) -> dict[str, Any]:
    """Return what was exported as JSON has it."""
    return {
        "path": str(report.path),
        "format": report.format.name,
        "max_difference": report.largest_difference,
        "examples": report.examples,
        "bytes": report.bytes,
        "checked_with": report.checked_with,
    }
