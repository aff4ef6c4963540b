"""Every entry of the registry: it can be made, makes the same bits again, and is what it says it is."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from backprop_gui.data import BOUNDS, DATASETS, DataError, DataSettings, Task, default_settings, load, prepare
from backprop_gui.data.sources import function, points
from backprop_gui.errors import UserError
from backprop_gui.registry import UnknownNameError

ALL = list(DATASETS)
DRAWN = [name for name in ALL if DATASETS[name].examples is not None]
POINTS = [name for name in DRAWN if DATASETS[name].group == "Points in the plane"]


def test_the_gallery_holds_what_was_promised_in_its_order() -> None:
    assert [
        *("xor", "and", "or"),
        *("mazur", "napkin"),
        *("xor-clouds", "circle", "gaussians", "moons", "spiral", "spiral-3", "checkerboard"),
        *("plane", "bumps", "sine", "teacher"),
        *("iris", "wine", "breast-cancer", "digits"),
    ] == ALL


@pytest.mark.parametrize("name", ALL)
def test_every_data_set_is_sound_and_the_same_twice(name: str) -> None:
    settings = default_settings(name)
    assert settings.validated() == settings
    first, again = prepare(settings), prepare(settings)
    dataset = first.dataset
    for part in ("x_train", "t_train", "x_test", "t_test", "train_rows", "test_rows"):
        array = getattr(first, part)
        assert array.tobytes() == getattr(again, part).tobytes()
        assert not array.flags.writeable
    assert dataset.x.dtype == dataset.t.dtype == np.float64
    assert np.isfinite(dataset.x).all()
    assert np.isfinite(dataset.t).all()
    assert not dataset.x.flags.writeable
    assert dataset.notes == ()
    if dataset.task is Task.REGRESSION:
        # A worked example is a single one.
        assert len(dataset.t) == 1 or (dataset.t.std(axis=0) > 0.1).all()
    else:
        assert set(np.unique(dataset.t)) == {0.0, 1.0}
        assert set(dataset.labels()) == set(range(len(dataset.class_names)))
    if dataset.task is Task.CLASSES:
        assert (dataset.t.sum(axis=1) == 1.0).all()
        assert dataset.target_names == dataset.class_names


@pytest.mark.parametrize("name", DRAWN)
def test_drawn_data_follow_seed_count_and_noise(name: str) -> None:
    settings = default_settings(name)
    dataset = load(settings)
    assert len(dataset.x) == DATASETS[name].examples
    assert not np.array_equal(load(replace(settings, seed=1)).x, dataset.x)
    assert len(load(replace(settings, examples=37)).x) == 37
    noisier = load(replace(settings, noise=settings.noise + 0.2))
    assert not (np.array_equal(noisier.x, dataset.x) and np.array_equal(noisier.t, dataset.t))


@pytest.mark.parametrize("name", POINTS)
def test_points_fill_the_square_with_equal_classes(name: str) -> None:
    dataset = load(replace(default_settings(name), noise=0.0, examples=600))
    assert 0.55 < np.abs(dataset.x).max() < 1.2
    sizes = np.bincount(dataset.labels())
    assert sizes.max() - sizes.min() <= 1


@pytest.mark.parametrize("name", POINTS)
def test_even_the_fewest_examples_hold_every_class(name: str) -> None:
    dataset = load(replace(default_settings(name), examples=int(BOUNDS["examples"][0])))
    assert set(dataset.labels()) == set(range(len(dataset.class_names)))


def test_truth_tables_are_raw_and_whole() -> None:
    answers = {"xor": [0, 1, 1, 0], "and": [0, 0, 0, 1], "or": [0, 1, 1, 1]}
    for name, t in answers.items():
        prepared = prepare(default_settings(name))
        assert prepared.x_train.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
        assert prepared.t_train[:, 0].tolist() == t
        assert prepared.x_test.shape == (0, 2)


def test_worked_examples_are_the_one_in_the_book() -> None:
    for name, x, t in (("mazur", [0.05, 0.10], [0.01, 0.99]), ("napkin", [0.5, -1.0], [1.0])):
        prepared = prepare(default_settings(name))
        assert prepared.x_train.tolist() == [x]
        assert prepared.t_train.tolist() == [t]
        assert prepared.x_test.shape == (0, 2)


def test_shapes_are_what_they_are_called() -> None:
    def drawn(name: str) -> tuple[np.ndarray, np.ndarray]:
        dataset = load(replace(default_settings(name), noise=0.0, examples=600))
        return dataset.x, dataset.labels()

    x, labels = drawn("circle")
    radius = np.hypot(*x.T)
    assert radius[labels == 1].max() <= 0.5
    assert radius[labels == 0].min() >= 0.7
    x, labels = drawn("checkerboard")
    assert np.array_equal(labels, np.floor((x + 1) * 2).astype(int).sum(axis=1) % 2)
    x, labels = drawn("xor-clouds")
    assert np.mean(labels == (x[:, 0] * x[:, 1] < 0)) > 0.99
    x, labels = drawn("gaussians")
    assert np.mean(labels == (x.sum(axis=1) > 0)) > 0.99
    for name, arms, turns in (("spiral", 2, 1.5), ("spiral-3", 3, 1.0)):
        x, labels = drawn(name)
        turned = np.arctan2(x[:, 1], x[:, 0]) / (2 * np.pi) - turns * np.hypot(*x.T) - labels / arms
        assert np.abs(turned - np.round(turned)).max() < 1e-9


def test_functions_are_what_they_are_called() -> None:
    def drawn(name: str) -> tuple[np.ndarray, np.ndarray]:
        dataset = load(replace(default_settings(name), noise=0.0))
        return dataset.x, dataset.t

    x, t = drawn("plane")
    assert np.allclose(t[:, 0], 0.6 * x[:, 0] - 0.4 * x[:, 1] + 0.1)
    x, t = drawn("sine")
    assert np.allclose(t, np.sin(x))
    x, t = drawn("bumps")
    assert t.max() > 0.6
    assert t.min() < -0.6
    # The seed chooses the teacher, the number of examples does not: the shorter draw is answered by the same network,
    # which a straight line through the origin's neighbours would not show, but equal first inputs do.
    settings = default_settings("teacher")
    few, many = load(replace(settings, examples=20)), load(replace(settings, examples=50))
    assert np.array_equal(few.x, many.x[:20])
    assert np.allclose(few.t, many.t[:20])


def test_real_data_are_the_published_ones() -> None:
    sizes = {
        "iris": {"setosa": 50, "versicolor": 50, "virginica": 50},
        "wine": {"cultivar 1": 59, "cultivar 2": 71, "cultivar 3": 48},
        "breast-cancer": {"benign": 357, "malignant": 212},
    }
    for name, expected in sizes.items():
        dataset = load(default_settings(name))
        assert dict(zip(dataset.class_names, np.bincount(dataset.labels()).tolist(), strict=True)) == expected
        assert "CC BY 4.0" in DATASETS[name].citation
    iris = load(default_settings("iris"))
    # The mean of each column as the collection's own summary states it.
    assert np.round(iris.x.mean(axis=0), 2).tolist() == [5.84, 3.06, 3.76, 1.2]
    assert iris.x[34].tolist() == [4.9, 3.1, 1.5, 0.2]  # one of the two flowers in which copies differ
    digits = load(default_settings("digits"))
    assert digits.class_names == tuple("0123456789")
    assert digits.x.shape == (1797, 64)
    assert digits.x.max() == 16.0


def test_real_data_match_the_package_they_came_from() -> None:
    peer = pytest.importorskip("sklearn.datasets")
    for name in ("iris", "wine", "breast_cancer", "digits"):
        bunch = getattr(peer, f"load_{name}")()
        dataset = load(default_settings(name.replace("_", "-")))
        assert np.array_equal(dataset.x, bunch.data)
        same_order = dataset.labels() if name != "breast_cancer" else 1 - dataset.labels()
        assert np.array_equal(same_order, bunch.target)


def test_another_column_of_real_data_can_be_the_target() -> None:
    dataset = load(replace(default_settings("iris"), targets=("petal width (cm)",)))
    assert dataset.task is Task.REGRESSION
    assert dataset.input_names[-3:] == ("species=setosa", "species=versicolor", "species=virginica")


def test_adding_a_data_set_is_one_function() -> None:
    held = dict(DATASETS._items)
    try:

        @points("corner", "Corner", "Two corners.", classes=("A", "B"), noise=0.0)
        def corner(examples: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
            labels = np.arange(examples) % 2
            return np.column_stack([labels, labels]).astype(float), labels

        @function("line", "Line", "A line.", inputs=("x",), noise=0.0)
        def line(examples: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
            x = rng.uniform(size=(examples, 1))
            return x, 2 * x

        assert prepare(default_settings("corner")).dataset.task is Task.BINARY
        assert prepare(default_settings("line")).dataset.task is Task.REGRESSION
    finally:
        DATASETS._items.clear()
        DATASETS._items.update(held)


@pytest.mark.parametrize("name", ["xor", "mazur", "moons", "sine"])
def test_the_target_of_drawn_data_is_fixed(name: str) -> None:
    with pytest.raises(DataError, match="is fixed"):
        load(replace(default_settings(name), targets=("y",)))
    with pytest.raises(DataError, match="is fixed"):
        load(replace(default_settings(name), task=Task.REGRESSION))


def test_a_misspelt_name_is_explained() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean “iris”"):
        load(DataSettings(source="irsi"))
    with pytest.raises(UserError, match="no data set called"):
        load(DataSettings(source="x" * 5000))


@pytest.mark.parametrize("name", list(BOUNDS))
def test_settings_keep_to_their_bounds(name: str) -> None:
    low, high = (
        int(value) if isinstance(getattr(DataSettings(), name), int) else value for value in BOUNDS[name]
    )
    for value in (low, high):
        replace(DataSettings(), **{name: value}).validated()
    for value in (low - 1, high + 1, float("nan"), float("inf")):
        with pytest.raises(DataError, match="must be from"):
            replace(DataSettings(), **{name: value}).validated()


def test_settings_with_no_source_or_a_target_twice() -> None:
    with pytest.raises(DataError, match="No data are chosen"):
        DataSettings(source="").validated()
    with pytest.raises(DataError, match="named twice"):
        DataSettings(targets=("a", "a")).validated()


def test_settings_survive_json() -> None:
    settings = DataSettings("file.csv", 50, 0.1, 0.25, 7, True, ("a", "b"), Task.REGRESSION)
    encoded = msgspec.json.encode(settings)
    assert b'"regression"' in encoded
    assert msgspec.json.decode(encoded, type=DataSettings) == settings
