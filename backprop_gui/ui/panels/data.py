"""The panel "Data": a gallery of data sets, how much of the chosen one is used, and how a table is read."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
)

from backprop_gui.data import BOUNDS, DATASETS, Dataset, DataSettings, Task, default_settings, load
from backprop_gui.errors import UserError
from backprop_gui.numerals import counted
from backprop_gui.project import Project, with_data
from backprop_gui.ui import theme
from backprop_gui.ui.background import Waiting, in_background
from backprop_gui.ui.errors import unexpected
from backprop_gui.ui.panel import Lab, Panel, PanelWidget, add_panel
from backprop_gui.ui.widgets.column import MARGIN, SPACING, Column, muted
from backprop_gui.ui.widgets.elided import ElidedLabel
from backprop_gui.ui.widgets.message import Message, attempt
from backprop_gui.ui.widgets.number_field import NumberField
from backprop_gui.ui.widgets.slider import LabelledSlider
from backprop_gui.ui.widgets.table_choices import TableChoices
from backprop_gui.ui.widgets.table_opener import TableOpener
from backprop_gui.ui.widgets.thumbnail import Thumbnail, gallery_previews

NOISES = tuple(round(0.01 * step, 2) for step in (*range(20), *range(20, 50, 2), *range(50, 101, 5)))
EXAMPLES = (
    *range(10, 100, 10),
    *range(100, 1000, 25),
    *range(1000, 5000, 250),
    *range(5000, 20_001, 1000),
)
SHARES = tuple(round(0.05 * step, 2) for step in range(19))
COLUMNS = 2

Change = Callable[[Project], Project]


class DataPanel(PanelWidget):
    """Chooses the data; a failed choice says why and leaves the old data in place."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self._waiting, self._pictures = Waiting(self), Waiting(self)
        self._awaited: DataSettings | None = None
        self.message = Message()
        self.tiles: dict[str, Thumbnail] = {}
        self._group = QButtonGroup(self)
        # Only once all is laid out: for the heights on the way there it would scroll for nothing.
        self._scroll = QTimer(self, singleShot=True, interval=0)
        self._scroll.timeout.connect(self._keep_in_sight)
        self._about = ElidedLabel("caption")
        self._notes = Message()
        self.noise = self._slider("noise", NOISES, "Standard deviation of the noise, in the data's own units")
        self.examples = self._slider("examples", EXAMPLES, "How many examples are drawn")
        self.test_share = self._slider(
            "test share", SHARES, "Share of the examples that is kept apart for testing"
        )
        low, high = BOUNDS["seed"]
        self.seed = NumberField(
            "seed", low, high, "The same seed gives the same data, bit for bit", whole=True
        )
        self.seed.entered.connect(lambda value: self._set("Set the seed of the data", seed=int(value)))
        self.seed.problem.connect(self.message.say)
        self.shuffle = QToolButton()
        self.shuffle.setIcon(theme.icon("shuffle", "muted"))
        self.shuffle.setIconSize(QSize(14, 14))
        self.shuffle.setToolTip("Draw other examples and divide them anew, with the next seed")
        self.shuffle.setAccessibleName("Next seed")
        self.shuffle.clicked.connect(self._next_seed)
        self.standardize = QCheckBox("standardise inputs")
        self.standardize.setToolTip(
            "Shift and scale every input to mean 0 and deviation 1 over the training part"
        )
        self.standardize.clicked.connect(
            lambda on: self._set("Standardise" if on else "Do not standardise", standardize=on)
        )
        self.opener = TableOpener()
        self.opener.chosen.connect(self.open_file)
        self.table = TableChoices()
        self.table.targets_chosen.connect(
            lambda names: self._choose_in_table("Choose the target", targets=names)
        )
        self.table.task_chosen.connect(
            lambda task: self._choose_in_table("Choose the kind of task", task=task)
        )
        self.table.refused.connect(self.message.say)
        # A click leaves the keyboard where it was, so that Space still plays and pauses.
        for button in (self.shuffle, self.standardize):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._arrange()

    # ---- building

    def _slider(self, caption: str, stops: tuple[float, ...], tip: str) -> LabelledSlider:
        name = caption.replace(" ", "_")
        write = {"noise": "{:.2f}", "examples": "{:,.0f}", "test_share": "{:.0%}"}[name]
        slider = LabelledSlider(caption, stops, tip, lambda value: write.format(value).replace("%", " %"))
        whole = name == "examples"

        def moved(value: float, gesture: str) -> None:
            change = {name: int(value) if whole else value}
            self._set(f"Set the {caption} to {write.format(value)}", merge=f"data {name} {gesture}", **change)

        slider.moved.connect(moved)
        return slider

    def _arrange(self) -> None:
        gallery = self._gallery = Column(bottom=SPACING)
        group, grid = "", QGridLayout()
        for name, source in DATASETS.items():
            if source.group != group:
                group, grid = source.group, QGridLayout()
                grid.setSpacing(SPACING)
                for column in range(COLUMNS):
                    grid.setColumnStretch(column, 1)
                gallery.body.addWidget(muted(group, role="caption"))
                gallery.body.addLayout(grid)
                place = 0
            tile = self.tiles[name] = Thumbnail(name, source)
            tile.clicked.connect(lambda checked, name=name: self._choose(name))
            self._group.addButton(tile)
            grid.addWidget(tile, place // COLUMNS, place % COLUMNS)
            place += 1
        gallery.body.addStretch(1)
        # Settings that appear below take their room from the gallery.
        gallery.verticalScrollBar().rangeChanged.connect(lambda: self._scroll.start())
        settings = Column(fitting=True, top=SPACING)
        body = settings.body
        body.setSpacing(SPACING // 2)
        for widget in (self.message, self._about, self.table, self.noise, self.examples, self.test_share):
            body.addWidget(widget)
        seed = QHBoxLayout()
        seed.setSpacing(6)
        label = muted("seed")
        label.setBuddy(self.seed)
        seed.addWidget(label, 1)
        self.seed.setFixedWidth(64)
        seed.addWidget(self.seed)
        seed.addWidget(self.shuffle)
        body.addLayout(seed)
        body.addWidget(self.standardize)
        body.addWidget(self._notes)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.setSpacing(0)
        top = QHBoxLayout()
        top.setContentsMargins(MARGIN, MARGIN // 2, MARGIN, SPACING // 2)
        top.addWidget(self.opener)
        outside.addLayout(top)
        outside.addWidget(gallery, 1)
        outside.addWidget(settings)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._check(self.lab.document.project.data.source)
        if not self._pictures.busy:
            self._pictures.for_(in_background(gallery_previews), self._show_pictures)

    def _show_pictures(self, previews: Future[object]) -> None:
        for name, preview in previews.result().items():  # type: ignore[attr-defined]
            self.tiles[name].show_preview(preview)

    # ---- being told

    def sync(self, old: Project | None, new: Project) -> None:
        """Show the data of ``new``; what was still being read has been overtaken by other data."""
        if old is None or new.data != old.data:
            self._give_up()
            self._show(new)

    def _show(self, project: Project) -> None:
        settings = project.data
        dataset = self.lab.document.prepared.dataset
        self._check(settings.source)
        source = DATASETS.get(settings.source)
        self.noise.setVisible(source is not None and source.noise is not None)
        self.examples.setVisible(source is not None and source.examples is not None)
        self.noise.set_value(settings.noise)
        self.examples.set_value(settings.examples)
        self.test_share.set_value(settings.test_share)
        self.seed.set_value(settings.seed)
        self.standardize.setChecked(settings.standardize)
        self._about.setText(_described(dataset))
        self._about.setToolTip(source.citation if source else settings.source)
        self._notes.say(" ".join(dataset.notes) if source is None else source.citation, "muted")
        self.opener.show_table(Path(settings.source) if source is None else None)
        self.table.setVisible(source is None)
        if source is None:
            self.table.show_table(settings)

    def _check(self, name: str) -> None:
        # An exclusive group refuses to have no button checked, as it must when the data are a table.
        self._group.setExclusive(False)
        for tile in self.tiles.values():
            tile.setChecked(tile.name == name)
        self._group.setExclusive(True)
        # Tab reaches the gallery once, at the current tile; the arrow keys go on from there.
        stop = name if name in self.tiles else next(iter(self.tiles))
        for tile in self.tiles.values():
            here = tile.name == stop
            tile.setFocusPolicy(Qt.FocusPolicy.TabFocus if here else Qt.FocusPolicy.NoFocus)
        self._scroll.start()

    def _keep_in_sight(self) -> None:
        chosen = self._group.checkedButton()
        if chosen is not None:
            self._gallery.ensureWidgetVisible(chosen)

    # ---- what people do

    def open_file(self, path: str) -> None:
        """Learn from the CSV file at ``path``, read in the background."""
        self._use(f"Open {Path(path).name}", default_settings(path))

    def _choose(self, name: str) -> None:
        if name == self.lab.document.project.data.source:
            self._give_up()
        else:
            self._use(f"Choose the data {DATASETS[name].title}", default_settings(name))

    def _choose_in_table(self, text: str, **changes: object) -> None:
        self._use(text, replace(self._wanted(), **changes))  # type: ignore[arg-type]

    def _next_seed(self) -> None:
        self._set("Draw other examples", seed=self._wanted().seed + 1)

    def _set(self, text: str, merge: str = "", **changes: object) -> None:
        """Change settings that leave the columns and the kind of answer as they are."""
        settings = replace(self._wanted(), **changes)  # type: ignore[arg-type]

        def change(project: Project) -> Project:
            return replace(project, data=settings)

        if settings.source in DATASETS:
            self._edit(text, change, merge)
        else:
            # A large table may have to be read again.
            self._read(text, settings, lambda dataset: change, merge)

    def _use(self, text: str, settings: DataSettings) -> None:
        """Learn from other data once they have been read; until then, and if they cannot be, from the old ones."""
        if settings.source not in DATASETS:
            self.message.say(f"Reading {Path(settings.source).name} …", "muted")
        self._read(text, settings, lambda dataset: lambda project: with_data(project, dataset, settings))

    def _wanted(self) -> DataSettings:
        """Return the settings that a change starts from: those being read, if only settings of the same data are."""
        current, awaited = self.lab.document.project.data, self._awaited
        return awaited if awaited is not None and awaited.source == current.source else current

    def _read(
        self, text: str, settings: DataSettings, change_for: Callable[[Dataset], Change], merge: str = ""
    ) -> None:
        """Read data in the background, then edit the document by what ``change_for`` makes of them."""
        self._awaited = settings

        def done(future: Future[Dataset]) -> None:
            self._awaited, error = None, future.exception()
            if error is None:
                self._edit(text, change_for(future.result()), merge)
            else:
                self.message.say(str(error) if isinstance(error, UserError) else unexpected(error))
                self._show(self.lab.document.project)

        self._waiting.for_(in_background(lambda: load(settings)), done)

    def _edit(self, text: str, change: Change, merge: str) -> None:
        if not attempt(self.lab.document, self.message, text, change, merge):
            # The controls show what holds.
            self._show(self.lab.document.project)

    def _give_up(self) -> None:
        """Wait for nothing any more."""
        if self._waiting.busy:
            self._waiting.forget()
            self._awaited = None
            self.message.say("")


def _described(dataset: Dataset) -> str:
    inputs = dataset.x.shape[1]
    parts = [counted(len(dataset.x), "example"), counted(inputs, "input")]
    if dataset.task is Task.REGRESSION:
        targets = dataset.t.shape[1]
        parts.append(counted(targets, "target"))
    else:
        parts.append("1 class" if len(dataset.class_names) == 1 else f"{len(dataset.class_names)} classes")
    return " · ".join(parts)


add_panel(Panel("data", "Data", DataPanel, Qt.DockWidgetArea.LeftDockWidgetArea, 0))

__all__ = ["DataPanel"]
