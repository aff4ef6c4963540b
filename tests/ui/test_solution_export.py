"""The worked solution of what is shown, written from the window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from backprop_gui.data import prepare
from backprop_gui.engine.operations.worked import worked_example
from backprop_gui.project import templates, trainer_of
from backprop_gui.solutions import WRITERS, Solution, Style, solution_of
from backprop_gui.ui.names import display_name
from backprop_gui.ui.solution_export import KINDS, SHEETS, SolutionSheet
from backprop_gui.ui.solution_figure import figure_of
from backprop_gui.ui.solution_pages import HEIGHT, WIDTH, pages_of
from backprop_gui.ui.solution_pdf import write_pdf
from backprop_gui.ui.typeset.box import Box
from backprop_gui.ui.window import Window
from tests.ui.windows import open_window, shut

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    opened = open_window(qtbot, qapp)
    yield opened
    shut(opened)


def opened_sheet(window: Window) -> SolutionSheet:
    window.commands["export-solution"].trigger()
    [sheet] = window.findChildren(SolutionSheet)
    return sheet


def shown(window: Window) -> Solution:
    project, frame = window.lab.document.project, window.lab.player.frame
    assert frame is not None
    return solution_of(worked_example(frame, project.training, project.conventions), project.name)


def test_what_is_written_is_what_is_shown(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The ending that was left out is added.
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "solution"), ""))
    sheet = opened_sheet(window)
    QTest.mouseClick(sheet.kind.button("markdown"), LEFT)
    QTest.mouseClick(sheet.sheet_kind.button("with answers"), LEFT)
    sheet.digits.field.set_value(9)
    QTest.mouseClick(sheet.choose, LEFT)
    qtbot.waitUntil(lambda: "Wrote" in window.banner.text)
    written = (tmp_path / "solution.md").read_text("utf-8")
    assert written == WRITERS["markdown"].write(shown(window), Style(9, blanks=True, answers=True))
    # The choices are there again the next time.
    again = opened_sheet(window)
    assert (again.kind.value, again.sheet_kind.value, again.digits.field.value) == (
        "markdown",
        "with answers",
        9,
    )
    QTest.keyClick(again, Qt.Key.Key_Escape)


def test_the_ending_of_the_file_says_what_it_is(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "a.tex"), ""))
    sheet = opened_sheet(window)
    QTest.mouseClick(sheet.kind.button("pdf"), LEFT)
    QTest.mouseClick(sheet.choose, LEFT)
    qtbot.waitUntil(lambda: "Wrote" in window.banner.text)
    assert (tmp_path / "a.tex").read_text("utf-8").startswith(r"\documentclass")


def test_settings_that_somebody_broke_are_not_taken(window: Window) -> None:
    for name, value in (("kind", "stone"), ("sheet", "7"), ("digits", "many")):
        QSettings().setValue(f"solution/{name}", value)
    sheet = opened_sheet(window)
    assert (sheet.kind.value, sheet.sheet_kind.value, sheet.digits.field.value) == ("pdf", "solved", 6)
    sheet.leave()


def test_a_folder_that_is_not_there_is_said(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    frame = window.lab.player.frame
    assert frame is not None
    for kind in ("text", "pdf"):
        window.banner.hide()
        window.solutions.write(frame, kind, Style(), tmp_path / "nowhere" / "a.x")
        qtbot.waitUntil(lambda: "does not exist" in window.banner.text)


def test_what_came_of_each_file_is_said_however_many_are_written_at_once(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    frame = window.lab.player.frame
    assert frame is not None
    window.solutions.write(frame, "text", Style(), tmp_path / "nowhere" / "a.txt")
    window.solutions.write(frame, "text", Style(), tmp_path / "b.txt")
    window.files.export_to(tmp_path / "c.npz")
    assert "Writing “b.txt” …\nWriting “c.npz”" in window.banner.text
    qtbot.waitUntil(lambda: "Writing" not in window.banner.text)
    says = window.banner.text
    assert len(says.splitlines()) == 3
    assert "does not exist" in says
    assert "operations to “b.txt”" in says
    assert "c.npz" in says
    # What is over is not said again.
    window.solutions.write(frame, "text", Style(), tmp_path / "d.txt")
    qtbot.waitUntil(lambda: "Wrote" in window.banner.text)
    assert window.banner.text.splitlines() == [window.banner.text]


def test_a_file_that_is_to_be_kept_is_not_replaced_by_one_without_an_ending(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "solution.md"
    kept.write_text("mine", "utf-8")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "solution"), ""))
    asked: list[str] = []
    monkeypatch.setattr(
        QMessageBox, "question", lambda *words: asked.append(words[2]) or QMessageBox.StandardButton.No
    )
    sheet = opened_sheet(window)
    QTest.mouseClick(sheet.kind.button("markdown"), LEFT)
    QTest.mouseClick(sheet.choose, LEFT)
    assert asked == ["“solution.md” is there already. Replace it?"]
    assert kept.read_text("utf-8") == "mine"
    assert window.banner.text == ""


# ---- PDF


def solution(name: str) -> Solution:
    project = templates.load(name)
    trainer = trainer_of(project, prepare(project.data))
    return solution_of(worked_example(trainer.frame(), trainer.settings, project.conventions), project.name)


@pytest.mark.parametrize("name", ["mazur", "iris", "skip"])
@pytest.mark.parametrize("style", [Style(), Style(17), Style(blanks=True, answers=True)])
def test_nothing_stands_beyond_the_margins_or_upon_anything_else(
    qapp: QApplication, name: str, style: Style
) -> None:
    for page in pages_of(solution(name), style):
        bottom = 0.0
        for placed in page:
            assert placed.x >= 0
            assert placed.x + placed.box.width <= WIDTH + 0.5
            assert placed.y - placed.box.ascent >= bottom - 0.5
            bottom = placed.y + placed.box.descent
            assert bottom <= HEIGHT + 0.5


def test_a_pdf_has_its_pages(qapp: QApplication, tmp_path: Path) -> None:
    found = solution("mazur")
    write_pdf(found, Style(), tmp_path / "a.pdf")
    content = (tmp_path / "a.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == len(pages_of(found, Style())) > 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_every_kind_and_sheet_can_be_written(qapp: QApplication, tmp_path: Path) -> None:
    found = solution("one-neuron")
    for kind in KINDS.values():
        for number, (blanks, answers, _) in enumerate(SHEETS.values()):
            path = tmp_path / f"{number}{kind.suffix}"
            kind.write(found, Style(6, blanks, answers), path)
            assert path.stat().st_size > 500


def texts(box: Box) -> list[str]:
    """Return every text in a box."""
    return [*([box.text] if box.text else []), *(text for part, _, _ in box.parts for text in texts(part))]


def test_the_network_is_drawn_with_its_names(qapp: QApplication) -> None:
    network = templates.load("iris").network
    figure = figure_of(network, WIDTH, 260)
    assert figure is not None
    assert sorted(texts(figure)) == sorted(display_name(neuron.name) for neuron in network.neurons)
    assert len(figure.strokes) == len(network.neurons) + len(network.edges)
    for stroke in figure.strokes:
        for x, y in stroke.points:
            assert 0 <= x <= WIDTH
            assert 0 <= y <= figure.descent <= 280
    for name, x, y in figure.parts:
        assert 0 <= x <= WIDTH - name.width + 0.5
        assert y - name.ascent >= 0
    assert figure_of(templates.load("digits").network, WIDTH, 260) is None


def test_a_table_that_goes_on_says_again_what_its_columns_are(qapp: QApplication) -> None:
    pages = pages_of(solution("iris"), Style())
    going_on = [page for page in pages if any("w" in texts(one.box)[:1] for one in page)]
    heads = [page for page in going_on if "before" in texts(page[0].box)]
    assert len(heads) >= 1


@pytest.mark.parametrize("kind", ["text", "markdown", "latex"])
def test_an_exercise_asks_for_nothing_that_nothing_needs(kind: str) -> None:
    """How large a step is beside its weight is good to know, but no part of the calculation."""
    written = {
        blanks: WRITERS[kind].write(solution("mazur"), Style(blanks=blanks)) for blanks in (False, True)
    }
    assert "how large the step is" in written[False]
    assert "how large the step is" not in written[True]
