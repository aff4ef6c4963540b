"""The templates that ship: each loads, is right and learns, and two of them learn as well as they must."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from backprop_gui.data import prepare
from backprop_gui.engine.frame import NoteKind
from backprop_gui.engine.gradient_check import check_gradient
from backprop_gui.engine.settings import Reduction
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import Network
from backprop_gui.paths import resource
from backprop_gui.project import files, templates, trainer_of
from backprop_gui.project.templates import FIRST
from backprop_gui.registry import UnknownNameError

NAMES = list(templates.templates())
EMPTY = "empty"
"""The one that is still to be drawn."""
TRAINABLE = [name for name in NAMES if name != EMPTY]


def learned(name: str) -> Trainer:
    """Train a template for as long as it says."""
    project = templates.load(name)
    trainer = trainer_of(project, prepare(project.data))
    for _ in range(templates.templates()[name].epochs):
        trainer.advance_epoch()
    trainer.score()
    return trainer


def test_every_file_is_a_template_with_words() -> None:
    assert sorted(NAMES) == sorted(path.stem for path in resource("templates").iterdir())
    assert NAMES[:2] == [EMPTY, FIRST]
    for template in templates.templates().values():
        assert template.title
        assert template.about.endswith(".")
        assert template.epochs > 0
    titles = [template.title for template in templates.templates().values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", TRAINABLE)
def test_a_template_is_right_and_trains(name: str) -> None:
    project = templates.load(name)
    assert project.name == name
    assert project.run is None
    trainer = trainer_of(project, prepare(project.data))
    x, t = trainer.examples.x_train[:8], trainer.examples.t_train[:8]
    mean = project.training.reduction is Reduction.MEAN
    check = check_gradient(trainer.plan, trainer.theta, x, t, trainer.stepper.loss, mean=mean)
    assert check is not None
    assert check.passed, check.max_relative_error
    for _ in range(2):
        trainer.advance_epoch()
    assert trainer.note is None
    assert trainer.epoch == 2
    # Whatever is opened can be saved and opened again.
    assert files.decode(files.encode(project)) == project


def test_a_misspelt_template_is_guessed() -> None:
    with pytest.raises(UnknownNameError, match=r"no template called “irs”. Did you mean “iris”"):
        templates.load("irs")


@pytest.mark.parametrize(("name", "accuracy"), [("iris", 0.95), ("digits", 0.96), ("wine", 0.95)])
def test_real_data_are_learned(name: str, accuracy: float) -> None:
    test = learned(name).test
    assert test is not None
    assert test.accuracy is not None
    assert test.accuracy >= accuracy


@pytest.mark.parametrize("name", ["xor", "xor-2-3-1", "and", "company", "skip", "circle", "moons", "spiral"])
def test_what_can_be_learned_whole_is(name: str) -> None:
    assert learned(name).train.accuracy == 1.0


def test_a_sine_is_fitted_down_to_its_noise() -> None:
    # Half the squared error; the noise alone, of standard deviation 0.05, is 0.00125.
    test = learned("sine").test
    assert test is not None
    assert test.loss < 0.004


def test_breast_cancer_stops_early_and_well() -> None:
    trainer = learned("breast-cancer")
    assert trainer.note is not None
    assert trainer.note.kind is NoteKind.STOPPED_EARLY
    assert trainer.test is not None
    assert trainer.test.accuracy is not None
    assert trainer.test.accuracy >= 0.95


def test_the_empty_template_holds_nothing_but_data() -> None:
    project = templates.load(EMPTY)
    assert project.network == Network()
    assert prepare(project.data).x_train.shape == (4, 2)
    assert files.decode(files.encode(project)) == project


@pytest.mark.parametrize("name", ["deep-sigmoid", "deep-narrow"])
def test_the_deltas_of_the_deep_templates_vanish(name: str) -> None:
    project = templates.load(name)
    trainer = trainer_of(project, prepare(project.data))
    trace, plan = trainer.frame().trace, trainer.plan
    by_layer = [
        np.abs(trace.delta[:, [plan.column[n.id] for n in plan.network.members[layer.id]]]).max()
        for layer in plan.network.layers[1:]
    ]
    # A sigmoid's slope is at most a quarter, so each layer passes on less than the next one has.
    assert all(earlier < later for earlier, later in itertools.pairwise(by_layer))
    assert by_layer[0] < by_layer[-1] / 1000


# ---- templates of worked examples: opened and looked at, they show the book's own numbers


class Opened:
    """A template as it stands when it is opened, by the names of its neurons."""

    def __init__(self, name: str) -> None:
        project = templates.load(name)
        self.trainer = trainer_of(project, prepare(project.data))
        self.id = {neuron.name: neuron.id for neuron in project.network.neurons}

    def z(self, *names: str) -> list[float]:
        return self._of(self.trainer.frame().trace.z, names)

    def a(self, *names: str) -> list[float]:
        return self._of(self.trainer.frame().trace.a, names)

    def delta(self, *names: str) -> list[float]:
        return self._of(self.trainer.frame().trace.delta, names)

    def loss(self) -> float:
        self.trainer.score()
        return self.trainer.train.loss

    def weights(self, *edges: str) -> list[float]:
        """Return weights of edges such as ``i1>h1``, and biases, which are called as their neuron."""
        keys = [tuple(self.id[end] for end in edge.split(">")) for edge in edges]
        slot = self.trainer.plan.slot
        return [float(self.trainer.theta[slot[key[0] if len(key) == 1 else key]]) for key in keys]

    def _of(self, table: np.ndarray, names: tuple[str, ...]) -> list[float]:
        return [float(table[0, self.trainer.plan.column[self.id[name]]]) for name in names]


def test_mazur_is_the_article() -> None:
    mazur = Opened("mazur")
    outside, inside = ("h1>o1", "h2>o1", "h1>o2", "h2>o2"), ("i1>h1", "i2>h1", "i1>h2", "i2>h2")
    assert mazur.weights(*inside) == [0.15, 0.20, 0.25, 0.30]
    assert mazur.weights(*outside) == [0.40, 0.45, 0.50, 0.55]
    assert mazur.weights("h1", "h2", "o1", "o2") == [0.35, 0.35, 0.60, 0.60]
    assert mazur.a("i1", "i2") == [0.05, 0.10]
    assert mazur.z("h1", "h2") == pytest.approx([0.3775, 0.3925], abs=1e-12)
    assert mazur.a("h1", "h2") == pytest.approx([0.593269992, 0.596884378], abs=5e-10)
    assert mazur.z("o1", "o2") == pytest.approx([1.105905967, 1.2249214], abs=5e-8)
    assert mazur.a("o1", "o2") == pytest.approx([0.75136507, 0.772928465], abs=5e-9)
    assert mazur.loss() == pytest.approx(0.298371109, abs=5e-10)
    assert mazur.delta("o1", "o2") == pytest.approx([0.138498562, -0.038098237], abs=5e-10)
    assert mazur.delta("h1", "h2") == pytest.approx([0.008771354, 0.009954254], abs=1e-9)  # cut, not rounded
    mazur.trainer.advance(1)
    assert mazur.weights(*outside) == pytest.approx(
        [0.35891648, 0.408666186, 0.51130127, 0.561370121], abs=5e-9
    )
    assert mazur.weights(*inside) == pytest.approx(
        [0.149780716, 0.199561432, 0.249751144, 0.299502287], abs=5e-10
    )
    # The article leaves the biases as they are.
    assert mazur.weights("h1", "h2", "o1", "o2") == [0.35, 0.35, 0.60, 0.60]
    assert mazur.loss() == pytest.approx(0.29102777369359933, rel=1e-15)
    mazur.trainer.advance(9_999)
    assert mazur.loss() == pytest.approx(3.510187782978859e-05, rel=1e-12)


def test_the_single_neuron_is_the_worked_example() -> None:
    neuron = Opened("one-neuron")
    assert neuron.weights("x1>ŷ", "x2>ŷ", "ŷ") == [0.4, 0.3, 0.1]
    # z = .4 * .5 + .3 * -1 + .1 = 0, y = .5, E = (.5 - 1)^2 / 2, delta = (.5 - 1) * .5 * (1 - .5)
    assert neuron.z("ŷ") == pytest.approx([0.0], abs=1e-15)
    assert neuron.a("x1", "x2", "ŷ") == pytest.approx([0.5, -1.0, 0.5])
    assert neuron.loss() == pytest.approx(0.125)
    assert neuron.delta("ŷ") == pytest.approx([-0.125])
    neuron.trainer.advance(1)
    assert neuron.weights("x1>ŷ", "x2>ŷ", "ŷ") == pytest.approx([0.43125, 0.2375, 0.1625])


def test_the_whole_numbers_are_whole() -> None:
    ones = Opened("whole-numbers")
    hidden = ("Z1", "Z2", "Z3")
    # At (0, 0) only the biases speak: each Z is 1, the output 1 + 1 + 1 + 1 = 4, and XOR says 0.
    assert ones.z(*hidden, "ŷ") == [1, 1, 1, 4]
    assert ones.delta(*hidden, "ŷ") == [4, 4, 4, 4]
    # Errors 4, 6, 6 and 10 of all four: (16 + 36 + 36 + 100) / 2 / 4
    assert ones.loss() == 23.5
    ones.trainer.advance(1)
    after = [-0.45, -0.45, -0.45, 0.35]
    assert ones.weights(*(f"{z}>ŷ" for z in hidden), "ŷ") == pytest.approx(after, abs=1e-12)
    for z in hidden:
        assert ones.weights(z, f"x1>{z}", f"x2>{z}") == pytest.approx([0.35, 0.6, 0.6], abs=1e-12)
    assert ones.loss() == pytest.approx(1.315053125, abs=1e-12)


def test_the_company_has_its_people() -> None:
    network = templates.load("company").network
    assert [neuron.name for neuron in network.neurons] == [
        *("Sales A", "Sales B"),
        *("Manager 1", "Manager 2", "Manager 3"),
        "CEO",
    ]


def test_the_student_learns_its_teacher() -> None:
    test = learned("teacher-student").test
    assert test is not None
    assert test.loss < 1e-3
