"""Killed at any moment: the file is whole, and the next start offers what is at most ten seconds old.

    BACKPROP_KILLS=100 python -m pytest tests/ui/test_recovery_kill.py -s

kills a hundred processes and prints how old the offers were.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from backprop_gui.project import Project
from backprop_gui.project.files import load
from backprop_gui.project.recovery import left_behind
from backprop_gui.ui.offers import is_newer
from tests.ui.victim import FILE, LOG

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("BACKPROP_KILLS", "8"))
TOGETHER = 4
"""So many work at a time: each must be offered its own, and none that of another."""
LONGEST_SECONDS = 13.0
"""Longer than work may stay without being kept."""
OLDEST_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Death:
    """What a killed process leaves."""

    folder: Path
    when: float

    @property
    def log(self) -> list[tuple[str, int, float]]:
        lines = (self.folder / LOG).read_text().splitlines()
        return [(what, int(number), float(moment)) for what, number, moment in map(str.split, lines)]

    @property
    def while_saving(self) -> bool:
        """Whether it was writing its file when it died."""
        return [what for what, _, _ in self.log if what.startswith("save")][-1:] == ["save"]

    def saved(self) -> Project:
        """Return what is in the file, which must be one of the versions that were saved."""
        project = load(self.folder / FILE)
        written = {number for what, number, _ in self.log if what in ("save", "saved")}
        assert work_in(project)[0] in written | {0}
        return project

    def offered(self) -> Project | None:
        """Return what the next start offers, if it does not say itself that the file is newer."""
        slots = left_behind(self.folder / "state" / "backprop-lab" / "autosaves")
        assert len(slots) <= 1
        for slot in slots:
            project, about = slot.load(), slot.about()
            assert about.path == str(self.folder / FILE)
            slot.release()
            return None if is_newer(about) else project
        return None

    def age(self) -> float:
        """Return how old the first thing is that the next start brings back neither by its offer nor from the file."""
        saved, offered = self.saved(), self.offered()
        edits, steps = work_in(saved if offered is None else offered)
        assert work_in(saved) <= (edits, steps)
        lost = [
            moment
            for what, number, moment in self.log
            if (what == "edit" and number > edits) or (what == "step" and number > steps)
        ]
        return max(0.0, self.when - min(lost, default=self.when))


def work_in(project: Project) -> tuple[int, int]:
    """Return the number of the last edit, and of updates made."""
    name = project.network.outputs[0].name
    edits = int(name.removeprefix("edit ")) if name.startswith("edit ") else 0
    return edits, project.run.step if project.run else 0


def begin(folder: Path, seed: int) -> subprocess.Popen[bytes]:
    folder.mkdir()
    own = {
        "HOME": folder,
        "USERPROFILE": folder,
        "XDG_STATE_HOME": folder / "state",
        "LOCALAPPDATA": folder / "state",
    }
    own["XDG_CONFIG_HOME"] = folder / "config"
    environment = {**os.environ, **{name: str(path) for name, path in own.items()}}
    command = [sys.executable, "-m", "tests.ui.victim", str(folder), str(seed)]
    return subprocess.Popen(command, cwd=ROOT, env=environment)


def is_ready(folder: Path) -> bool:
    return (folder / LOG).exists() and "ready" in (folder / LOG).read_text()


def kill_some(folder: Path, seeds: range) -> list[Death]:
    """Let a process for each seed work for a while and kill it."""
    chance = random.Random(seeds.start)
    processes = {folder / str(seed): begin(folder / str(seed), seed) for seed in seeds}
    deaths = []
    try:
        for place, process in processes.items():
            while not is_ready(place):
                assert process.poll() is None, "it ended before it was killed"
                time.sleep(0.02)
        now = time.monotonic()
        ends = {place: now + chance.uniform(0.1, LONGEST_SECONDS) for place in processes}
        for place in sorted(ends, key=ends.__getitem__):
            time.sleep(max(0.0, ends[place] - time.monotonic()))
            assert processes[place].poll() is None, "it ended before it was killed"
            when = time.time()
            processes[place].kill()
            processes[place].wait()
            deaths.append(Death(place, when))
    finally:
        for process in processes.values():
            process.kill()
            process.wait()
    return deaths


@pytest.mark.timeout(60 + 10 * KILLS)
@pytest.mark.skipif(sys.platform == "darwin", reason="its state folder does not follow the environment")
def test_a_kill_at_any_moment_costs_at_most_seconds(tmp_path: Path) -> None:
    deaths = []
    for start in range(0, KILLS, TOGETHER):
        deaths += kill_some(tmp_path, range(start, min(start + TOGETHER, KILLS)))
    ages = [death.age() for death in deaths]
    offers = [project for death in deaths if (project := death.offered()) is not None]
    half = sum(not project.network.incoming[project.network.outputs[0].id] for project in offers)
    print(
        f"\n{KILLS} kills, {sum(death.while_saving for death in deaths)} of them while saving, {len(offers)} offers, "
        f"{half} of half-drawn networks; "
        f"lost work: min {min(ages):.2f}, median {statistics.median(ages):.2f}, max {max(ages):.2f} s"
    )
    assert max(ages) < OLDEST_SECONDS
