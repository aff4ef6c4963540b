"""The panel "Findings": what is wrong with the network, in words, and a button that shows where."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout

from backprop_gui.engine.conventions import Delta
from backprop_gui.engine.findings import FINDERS, Checkup, Finding, Look, checkup_of, find_all
from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.numerals import counted
from backprop_gui.project import Project
from backprop_gui.ui.canvas.views import View
from backprop_gui.ui.computing import ComputingPanel
from backprop_gui.ui.panel import Lab, Pace, Panel, add_panel
from backprop_gui.ui.past import made_with
from backprop_gui.ui.selection import still_there
from backprop_gui.ui.widgets.column import Column, muted
from backprop_gui.ui.widgets.finding_card import FindingCard

TITLE = "Findings"
EVERY_SECONDS = 2.0
"""While training runs, it looks no more often."""
CHEAP_SECONDS = 0.05
"""If looking took no longer, it looks when training comes to rest although only its tab is seen."""
SHARE = 0.05
"""Of the wall time that looking may take while training runs."""
VIEWS = {Look.ACTIVATIONS: View.FORWARD, Look.DELTAS: View.BACKWARD, Look.STEPS: View.UPDATE}
NOT_WHOLE = "Nothing can be found before the drawing can be trained."
LOOKING = "Looking …"
OWN_DELTAS = "In findings, deltas are ∂L/∂z, whichever derivative the conventions call so."

Result = tuple[Checkup, list[Finding]]


class FindingsPanel(ComputingPanel):
    """Lists what the finders find; looks again when training comes to rest, and now and then while it runs.

    Signals
    -------
    view_wanted(str)
        The view of the picture in which a finding is seen.
    """

    view_wanted = Signal(str)

    every_seconds = EVERY_SECONDS
    share = SHARE

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.setProperty("role", "panel")
        self.setAccessibleName("Findings")
        self.findings: list[Finding] = []
        self.cards: list[FindingCard] = []
        column = Column(top=4)
        self.summary = muted(role="caption")
        self.looked_for = muted(role="caption")
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        column.body.addWidget(self.summary)
        column.body.addWidget(self.looked_for)
        column.body.addLayout(self._list)
        column.body.addStretch(1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(column)
        self.setMinimumSize(210, 100)
        self._where = ""
        self._say(LOOKING)

    # ---- what the base asks for

    def sync(self, old: Project | None, new: Project) -> None:
        obstacle = self.lab.document.obstacle
        if (
            old is not None
            and old.conventions.delta is not new.conventions.delta
            and self.computed is not None
        ):
            self._word()
        if old is None or obstacle is not None:
            self.forget()
            self._show([])
            self._say(LOOKING if obstacle is None else NOT_WHOLE)

    def wants(self, frame: Frame) -> bool:
        if self.isVisible():
            return True
        if frame is not self.computed:
            self.setWindowTitle(TITLE)  # the number was of another moment
        return self.has_tab and frame.rate == 0 and self.seconds <= CHEAP_SECONDS

    def work_on(self, frame: Frame) -> Callable[[], Result]:
        origin = made_with(frame, self.lab.document)
        prepared, settings = origin.prepared, origin.project.training

        def work() -> Result:
            checkup = checkup_of(
                frame.plan,
                frame.theta,
                prepared.x_train,
                prepared.t_train,
                frame.loss,
                frame.update,
                frame.losses,
                settings,
                frame.epoch,
                frame.note,
            )
            return checkup, find_all(checkup)

        return work

    def take(self, frame: Frame, result: Result) -> None:
        checkup, findings = result
        self._show(findings)
        self._where = f"{checkup.examples}, epoch {frame.epoch:,.6g}"
        self._word()

    def fail(self, text: str) -> None:
        self._show([])
        self._say(text)

    # ---- showing

    def _word(self) -> None:
        """Say how many there are and where they were found."""
        if self.findings:
            by_a = self.lab.document.project.conventions.delta is Delta.BY_A
            self._say(
                f"{counted(len(self.findings), 'finding')} on {self._where}.", OWN_DELTAS if by_a else ""
            )
        else:
            self._say(f"Nothing wrong found on {self._where}.", _looked_for())

    def _say(self, summary: str, more: str = "") -> None:
        self.summary.setText(summary)
        self.looked_for.setText(more)
        self.looked_for.setVisible(bool(more))

    def _show(self, findings: list[Finding]) -> None:
        self.findings = findings
        self.setWindowTitle(f"{TITLE} ({len(findings)})" if findings else TITLE)
        while len(self.cards) > len(findings):
            card = self.cards.pop()
            self._list.removeWidget(card)
            card.hide()  # it lives until Qt has time for it, and must not be seen meanwhile
            card.deleteLater()
        while len(self.cards) < len(findings):
            card = FindingCard()
            card.asked.connect(self._show_where)
            self.cards.append(card)
            self._list.addWidget(card)
        network = self.lab.document.project.network
        for card, finding in zip(self.cards, findings, strict=True):
            card.show_finding(finding, network)

    def _show_where(self, finding: Finding) -> None:
        """Select what a finding is about, in the view and for the example that show it best."""
        keys = still_there(frozenset(finding.keys), self.lab.document.project.network)
        self.view_wanted.emit(VIEWS[finding.look].value)
        if keys:
            current = next(key for key in finding.keys if key in keys)
            self.lab.selection.set(keys, current)
        frame = self.lab.player.frame
        if frame is None or finding.example is None:
            return
        # The one that is shown by now may have been made with fewer.
        if finding.example < len(made_with(frame, self.lab.document).prepared.x_train):
            self.lab.player.look_at(Probe(Part.TRAIN, finding.example))


def _looked_for() -> str:
    names = [finder.looks_for for finder in FINDERS.values()]
    return f"Looked for: {'; '.join(names)}."


add_panel(
    Panel(
        "findings",
        TITLE,
        FindingsPanel,
        Qt.DockWidgetArea.BottomDockWidgetArea,
        2,
        pace=Pace.NUMBERS,
        tab_with="loss",
    )
)
