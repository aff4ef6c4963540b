from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from backprop_gui.bootstrap import requirements

ROOT = Path(__file__).parents[2]
versions = st.lists(st.integers(0, 12), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
clauses = st.builds(str.__add__, st.sampled_from([">=", "<=", "==", "!=", "<", ">"]), versions)


@given(st.lists(clauses, max_size=3).map(",".join), versions)
def test_ranges_mean_what_packaging_says_they_mean(ranges: str, version: str) -> None:
    assert requirements.allows(ranges, version) == SpecifierSet(ranges).contains(version)


@pytest.mark.parametrize(
    ("version", "expected"),
    [("2.13.0+cpu", True), ("2.13.post1", True), ("2.13.0rc1", False), ("unknown", False)],
)
def test_local_builds_count_and_what_is_unfinished_or_unreadable_does_not(
    version: str, expected: bool
) -> None:
    assert requirements.allows(">=2.12", version) is expected


def test_every_line_of_pyproject_is_understood() -> None:
    """A marker or an operator that this reader does not know would make it wave through what is missing."""
    found = requirements.required(ROOT / "pyproject.toml", ["test"])
    assert {"numpy", "pyside6-essentials", "pytest"} <= found.keys()
    for name, ranges in found.items():
        specifiers = Requirement(f"{name}{ranges}").specifier
        assert {str(one) for one in specifiers} == {
            "".join(pair) for pair in requirements._CLAUSE.findall(ranges)
        }


def pyproject(folder: Path, *lines: str) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(f"[project]\ndependencies = {list(lines)!r}\n[dependency-groups]\ntest = ['extra>=1']\n")
    return path


def test_packages_are_found_by_their_folders(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for name in (
        "first/Py_Side6_Essentials-6.11.3.dist-info",
        "second/py_side6_essentials-6.12.0.dist-info",
        "second/numpy-2.1.0-py3.11.egg-info",
    ):
        (tmp_path / name).mkdir(parents=True)
    folders = [str(first), str(tmp_path / "absent"), str(second)]
    assert requirements.installed(folders) == {"py-side6-essentials": "6.11.3", "numpy": "2.1.0"}
    asked = pyproject(tmp_path, "Py.Side6-Essentials>=6.11.3,<6.12", "numpy>=2")
    assert requirements.satisfied(asked, folders=folders)
    assert not requirements.satisfied(asked, folders=folders[1:]), "6.12.0 is out of range"
    assert not requirements.satisfied(asked, ["test"], folders=folders), "the group's package is missing"


def test_the_interpreter_that_runs_the_tests_has_what_they_need() -> None:
    assert requirements.satisfied(ROOT / "pyproject.toml", ["test"])
