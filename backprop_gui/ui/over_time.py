"""What is shown over time: which of what is selected, under which names, and as text for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain, islice

import numpy as np

from backprop_gui.data import Prepared
from backprop_gui.engine.arrays import Array
from backprop_gui.engine.branch import Branch
from backprop_gui.engine.conventions import Conventions, Delta
from backprop_gui.engine.frame import Frame, Part, Probe, Span
from backprop_gui.engine.reading import Names
from backprop_gui.engine.trails import Track, Trails, numbers_of
from backprop_gui.network import Key, Network
from backprop_gui.numerals import counted
from backprop_gui.ui.document import Document
from backprop_gui.ui.inspection import DELTA_TIPS
from backprop_gui.ui.names import display_name
from backprop_gui.ui.past import made_with
from backprop_gui.ui.plots.strip_head import Words
from backprop_gui.ui.probe_words import tracks_of_what

LINES = (("train", False), ("test", True), ("good", False), ("muted", True))
"""The curves: names of theme colours, and whether they are dashed."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody chose to see; when it changes, the trails of before are of no use any more."""

    keys: tuple[Key, ...]
    conventions: Conventions
    probe: Probe


@dataclass(frozen=True, slots=True)
class Subject:
    """What trails are about: of two frames with the same, they are the same.

    Attributes
    ----------
    wish : Wish
    data : Prepared
        What its example is one of.
    branch, span
        The past.
    change, changes : int
        The last change of the drawing that the frame knows of, and how often what is trained had been changed.
    batch : tuple of int
        The examples, where they change from update to update.
    """

    wish: Wish
    data: Prepared
    branch: Branch
    span: Span
    change: int
    changes: int
    batch: tuple[int, ...]


def subject_of(frame: Frame, keys: tuple[Key, ...], document: Document, changes: int) -> Subject:
    """Return what trails of ``keys`` are about while ``frame`` is shown."""
    wish = Wish(keys, document.project.conventions, frame.probe)
    data = made_with(frame, document).prepared
    batch = tuple(frame.coming.batch.tolist()) if frame.probe.part is Part.BATCH else ()
    return Subject(wish, data, frame.branch, frame.span, frame.change, changes, batch)


def shown_of(network: Network, keys: Set[Key], current: Key | None) -> tuple[Key, ...]:
    """Return as many of the selected ``keys`` as there are curves: the current one, then those drawn first."""
    edges = ((edge.source, edge.target) for edge in network.edges)
    drawn: chain[Key] = chain((neuron.id for neuron in network.neurons), edges)
    first = [current] if current in keys and current is not None else []
    # No further than the last of them: there can be very many edges.
    most = min(len(LINES), len(keys)) - len(first)
    others = islice((key for key in drawn if key in keys and key != current), most)
    return (*first, *others)


def name_of(network: Network, key: Key) -> str:
    """Return what people call an edge or a neuron, as the canvas shows it."""
    ends = key if isinstance(key, tuple) else (key,)
    return " → ".join(display_name(network.neuron_of[end].name) for end in ends)


def words_of(network: Network, keys: Sequence[Key], called: Names) -> list[Words]:
    """Return what each track of ``keys`` is called."""
    edges = [key for key in keys if isinstance(key, tuple)]
    one = edges[0] if len(keys) == 1 and edges else None
    of_target, of_source = ("", "") if one is None else (f" of {name_of(network, end)}" for end in one[::-1])
    tip = DELTA_TIPS[called.delta_meaning]
    ends = (" Of an edge: that of the neuron it leads to.", " Of an edge: that of the neuron it comes from.")
    if not edges:
        value, letter, ends = "bias b", "b", ("", "")
    else:
        value, letter = ("weight w", "w") if len(edges) == len(keys) else ("weight or bias", "w")
    gradient = called.gradient_by(letter)
    effect = "How the loss of what is looked at changes with it"
    delta, activation = f"{called.delta}{of_target}", f"a{of_source}"
    return [
        Words(value, letter, "What was learned until then."),
        Words(gradient if called.is_opposite else f"gradient {gradient}", gradient, f"{effect}: {gradient}."),
        Words(delta, delta, f"{called.delta_meaning}. {tip}.{ends[0]}"),
        Words(f"activation {activation}", activation, f"What the neuron passes on.{ends[1]}"),
    ]


def moments_of(trails: Trails) -> str:
    """Return how many moments there are."""
    return counted(len(trails.steps), "moment")


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The numbers of one moment, (tracks, keys), when that is, and of what they are."""

    numbers: Array
    when: str
    of_what: tuple[str, ...]


def reading_of(trails: Trails, seen: Frame, shown: Frame, conventions: Conventions, index: int) -> Reading:
    """Return the numbers of the moment at ``index``, or else, for -1, of the moment that is shown.

    Parameters
    ----------
    seen : Frame
        Whose examples ``trails`` are about.
    shown : Frame
        What is shown now. Its own numbers are read off it, also between two moments that are kept, unless training
        runs, or its mean ∂L/∂a would be too much to compute here.
    """
    exact = index < 0 and shown.rate == 0 and (shown.rows is None or conventions.delta is Delta.BY_Z)
    if exact:
        step, epoch, seen = shown.step, shown.epoch, shown
        tracks = numbers_of(shown, trails.keys, conventions)
    else:
        at = index if index >= 0 else max(0, int(np.searchsorted(trails.steps, shown.step, "right")) - 1)
        step, epoch, seen = trails.steps[at], trails.epochs[at], replace(seen, mean=bool(trails.means[at]))
        tracks = {track: values[:, at] for track, values in trails.tracks.items()}
    numbers = np.stack([tracks[track] for track in Track])
    when = f"update {step:,}, epoch {epoch:,.6g}"
    return Reading(numbers, when, _of_what(trails, seen, "curves " if exact else ""))


def _of_what(trails: Trails, seen: Frame, which: str = "") -> tuple[str, ...]:
    """Return of what numbers are, and from how many examples ``which`` of them, or all, were estimated."""
    chosen, count = trails.examples
    few = f"{which}estimated from {chosen:,} of {count:,} examples, evenly chosen"
    return (tracks_of_what(seen), few)[: 1 + (chosen < count)]


def csv_of(network: Network, trails: Trails, seen: Frame, called: Names) -> str:
    """Return all numbers of ``trails`` as CSV, a row a moment, with all their digits; what is not there is empty.

    The columns are called as the conventions call them, and each row says of what examples of ``seen`` it is.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    columns = [column for key in trails.keys for column in _columns(network, key, called)]
    table.writerow(["update", "epoch", *columns, "of"])
    numbers = np.stack([trails.tracks[track] for track in Track], axis=1).reshape(-1, len(trails.steps))
    of_what = {mean: ", ".join(_of_what(trails, replace(seen, mean=mean))) for mean in (False, True)}
    rows = zip(
        trails.steps.tolist(), trails.epochs.tolist(), trails.means.tolist(), numbers.T.tolist(), strict=True
    )
    for step, epoch, mean, row in rows:
        table.writerow([step, epoch, *("" if value != value else value for value in row), of_what[mean]])
    return text.getvalue()


def _columns(network: Network, key: Key, called: Names) -> tuple[str, ...]:
    """Return what the tracks of ``key`` are called where there is room for a name only."""
    source, target = (network.neuron_of[end].name for end in (key if isinstance(key, tuple) else (key, key)))
    if not isinstance(key, tuple):
        letter, name, of_edge = "b", target, ""
    else:
        letter, name = "w", f"{source} -> {target}"
        of_edge = f" ({name})"
    return (
        f"{letter} {name}",
        f"{called.gradient_by(letter)} {name}",
        f"{called.delta_meaning} {target}{of_edge}",
        f"a {source}{of_edge}",
    )


__all__ = [
    "LINES",
    "Reading",
    "Subject",
    "Wish",
    "csv_of",
    "moments_of",
    "name_of",
    "reading_of",
    "shown_of",
    "subject_of",
    "words_of",
]
