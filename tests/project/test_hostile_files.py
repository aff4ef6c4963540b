"""Files made to do harm: five thousand mutated ones, and those that are too large in one way or another."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import random
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_gui.data import prepare
from backprop_gui.errors import UserError
from backprop_gui.project import Project, files, limits, trainer_of
from backprop_gui.project.files import ProjectFileError
from tests.project.projects import small_project, trained
from tests.project.test_kept import a_run

PROJECT = trained(small_project(optimizer="adam", patience=9), 14)
CONTENT = files.encode(
    replace(PROJECT, kept=(a_run(small_project(optimizer="sgd")), a_run(small_project("sine"), 9, 2)))
)
TREE = json.loads(CONTENT)

MUTANTS = 5000
USED = 25
"""One in so many of those that open is also trained and saved."""
SLOW_SECONDS = 20
"""What takes longer hangs, on any machine."""
MEGABYTES = 600
"""By how much all of them together may make the process grow."""

VALUES: list[Any] = [
    *(
        None,
        True,
        False,
        "",
        "xor",
        "identity",
        "float32",
        "\x00",
        "\u202e",
        "\ud800",
        "x" * 5000,
        [],
        [[]],
        {},
        {"id": 1},
    ),
    *(0, -1, 1, 7, 2**31, 2**53, 2**53 + 1, 2**64, 10**400, 0.5, -0.0, 5e-324, 1e308, -1e308),
    *(float("nan"), float("inf"), float("-inf")),
]
BITS = [
    b"",
    b"-",
    b"9",
    b"0",
    b"e9",
    b'"',
    b"\\",
    b"[",
    b"]",
    b"{",
    b"}",
    b",",
    b":",
    b"null",
    b"\xff",
    b"\x00",
    b"1" * 400,
]


def mutated_bytes(chance: random.Random) -> bytes:
    content = bytearray(CONTENT)
    for _ in range(chance.randint(1, 2)):
        start = chance.randrange(len(content))
        how = chance.randrange(5)
        if how == 0:
            del content[start:]
            content = content or bytearray(b" ")
        elif how == 1:
            content[start : start + chance.randrange(40)] = chance.choice(BITS)
        elif how == 2:
            content[start] ^= 1 << chance.randrange(8)
        elif how == 3:
            end = start + chance.randrange(300)
            content[start:start] = content[start:end]
        else:
            content[start : start + 1] = chance.choice(BITS) * chance.choice((1, 2, 50))
    return bytes(content)


def mutated_tree(chance: random.Random) -> bytes:
    tree = copy.deepcopy(TREE)
    for _ in range(chance.randint(1, 3)):
        parent, key = anywhere(tree, chance)
        if parent is None:
            break
        how = chance.randrange(6)
        if how == 0:
            del parent[key]
        elif how == 1 and isinstance(parent, list):
            parent.insert(key, copy.deepcopy(parent[key]))
        elif how == 2 and isinstance(parent, list):
            parent.reverse()
        elif how == 3:
            # Something from elsewhere in the file: of a right kind, in a wrong place.
            other, place = anywhere(tree, chance)
            if other is not None:
                parent[key] = copy.deepcopy(other[place])
        elif how == 4 and isinstance(parent, dict):
            parent[chance.choice(["id", "name", "run", "edges", "ø"])] = chance.choice(VALUES)
        else:
            parent[key] = chance.choice(VALUES)
    text = json.dumps(tree)
    if chance.random() < 0.05:
        # A key that is there twice.
        text = text.replace('"name":', f'"name": {json.dumps(chance.choice(VALUES))}, "name":', 1)
    return text.encode()


def anywhere(tree: Any, chance: random.Random) -> tuple[Any, Any]:
    """Return a container somewhere in ``tree`` and a key of it, or None twice if there is none."""
    here = tree
    for _ in range(12):
        if not isinstance(here, (dict, list)) or not here:
            break
        key = chance.choice(list(here)) if isinstance(here, dict) else chance.randrange(len(here))
        if chance.random() < 0.35 or not isinstance(here[key], (dict, list)) or not here[key]:
            return here, key
        here = here[key]
    return None, None


@contextlib.contextmanager
def no_longer_than(seconds: int, what: str) -> Iterator[None]:
    """Fail what hangs, where the system has an alarm."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def ring(*arguments: object) -> None:
        pytest.fail(f"{what} hangs")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def largest_megabytes() -> float:
    """Return the most memory that the process ever had."""
    if sys.platform == "win32":
        return 0.0
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 2**20 if sys.platform == "darwin" else used / 2**10


def opening(content: bytes) -> Project | str:
    """Return the project, or the sentence that says why there is none."""
    try:
        return files.decode(content, "p.backprop")
    except UserError as error:
        return str(error)


# The alarm for each file is a signal, and so that for the whole test must not be one.
@pytest.mark.timeout(600, method="thread")
@pytest.mark.parametrize("mutated", [mutated_bytes, mutated_tree])
def test_five_thousand_mutated_files_are_projects_or_sentences(mutated: Any) -> None:
    before, opened, refused = largest_megabytes(), 0, 0
    for seed in range(MUTANTS // 2):
        content = mutated(random.Random(seed))
        with no_longer_than(SLOW_SECONDS, f"mutant {seed}"):
            project = opening(content)
            if isinstance(project, str):
                refused += 1
                assert "p.backprop" in project
                assert len(project) < 1000
                continue
            opened += 1
            # Whatever opens can be saved, and opens again.
            files.decode(files.encode(project))
            with contextlib.suppress(UserError):
                prepare(project.data)
            if opened % USED == 0:
                with contextlib.suppress(UserError), np.errstate(all="ignore"):
                    trainer_of(project, prepare(project.data)).advance(3)
    assert opened > 50
    assert refused > 500
    assert largest_megabytes() - before < MEGABYTES


def network_of(**changes: Any) -> bytes:
    tree = copy.deepcopy(TREE)
    tree["run"] = None
    tree["network"].update(changes)
    return json.dumps(tree).encode()


def neurons_with(**changes: Any) -> list[Any]:
    return [{**TREE["network"]["neurons"][0], **changes}, *TREE["network"]["neurons"][1:]]


LAYERS = TREE["network"]["layers"]
NEURONS = TREE["network"]["neurons"]
EDGES = TREE["network"]["edges"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            network_of(
                layers=[*LAYERS, *({"id": 10**6 + i, "name": ""} for i in range(10**6))], next_id=10**8
            ),
            "layers",
        ),
        (
            network_of(
                neurons=[*NEURONS, *({**NEURONS[-1], "id": 10**6 + i} for i in range(10**5))], next_id=10**8
            ),
            "neurons; at most 100,000",
        ),
        (network_of(neurons=neurons_with(position=[1e308, -1e308])), "stands at"),
        (network_of(neurons=neurons_with(position=[0, 1.1e7])), "stands at"),
        (network_of(neurons=neurons_with(name="n" * 2**20)), "name of a neuron"),
        (network_of(layers=[{**LAYERS[0], "name": "n" * 2**20}, *LAYERS[1:]]), "name of a layer"),
        (CONTENT.replace(b'"circle"', b'"' + b"n" * 2**20 + b'"', 1), "name of the project"),
        (network_of(neurons=[*NEURONS[:-1], {**NEURONS[-1], "activation": "n" * 2**20}]), "nnn"),
        (network_of(neurons=neurons_with(**{"k" * 2**20: 1})), "unknown field"),
        (network_of(neurons=[*NEURONS, NEURONS[0]]), "id"),
        (network_of(layers=[*LAYERS, LAYERS[0]]), "id"),
        (network_of(edges=[*EDGES, EDGES[0]]), "listed twice"),
        (network_of(edges=[*EDGES, [EDGES[-1][1], EDGES[-1][0], 1.0]]), "contains a cycle"),
        (b'{"format": 1, "run": [' + b"0," * (limits.MOST_VALUES + 1) + b"0]}", "30,000,000 values"),
        (b'{"a":' * 100_000, "nested"),
        (b"{" + b'"format": 1, ' * 3, "damaged"),
        (CONTENT.replace(b'"circle"', b'"\xed\xa0\x80"', 1), "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_larger_than_any_project_or_contradicts_itself_is_named(content: bytes, words: str) -> None:
    with no_longer_than(SLOW_SECONDS, words), pytest.raises(ProjectFileError) as caught:
        files.decode(content, "p.backprop")
    assert str(caught.value).startswith("“p.backprop” ")
    assert words in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_names_of_any_letters_stay_as_they_are() -> None:
    tree = copy.deepcopy(TREE)
    tree["name"] = "\u202eevil\u0007\x1b[31m\n[*]&<b>"
    project = files.decode(json.dumps(tree).encode())
    assert project.name == tree["name"]
    assert files.decode(files.encode(project)).name == tree["name"]


def test_a_file_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "giant.backprop"
    with path.open("wb") as file:
        file.write(b'{"format": 1}')
        file.truncate(2**30)
    before = largest_megabytes()
    with pytest.raises(ProjectFileError, match="larger than 256 MB"):
        files.load(path)
    assert largest_megabytes() - before < 100


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there are no such devices")
def test_a_device_is_not_read() -> None:
    with pytest.raises(ProjectFileError, match="regular"):
        files.load(Path("/dev/zero"))


@pytest.mark.skipif(os.name == "nt", reason="links need a permission there")
def test_a_link_to_itself_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "loop.backprop"
    path.symlink_to(path)
    with pytest.raises(ProjectFileError, match="could not be read"):
        files.load(path)
