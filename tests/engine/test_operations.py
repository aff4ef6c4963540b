"""The worked example: every equation leads to the model's number, and the textbook cases read as in the books."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_gui.data import prepare
from backprop_gui.engine import LOSSES, OPTIMIZERS
from backprop_gui.engine.checked import checked
from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.frame import Frame, Part, Probe
from backprop_gui.engine.operations import quantities as quantities_of
from backprop_gui.engine.operations.expression import (
    Negative,
    Number,
    Power,
    Product,
    Quantity,
    Sum,
    evaluate,
    quantities,
)
from backprop_gui.engine.operations.latex import equation_latex
from backprop_gui.engine.operations.loss_formulas import Answer
from backprop_gui.engine.operations.operation import Equation, Kind
from backprop_gui.engine.operations.order import Pace
from backprop_gui.engine.operations.paths import paths
from backprop_gui.engine.operations.text import as_text, equation_text
from backprop_gui.engine.operations.worked import WorkedExample, worked_example
from backprop_gui.engine.probing import ProbeError
from backprop_gui.engine.settings import Reduction, TrainingSettings
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import Key, dense
from backprop_gui.project import templates, trainer_of
from tests.strategies import random_examples, random_network

CONVENTIONS = [Conventions(delta, sign) for delta in Delta for sign in Sign]


def worked(template: str, probe: Probe = Probe(), conventions: Conventions = Conventions()) -> WorkedExample:  # noqa: B008
    project = templates.load(template)
    trainer = trainer_of(project, prepare(project.data))
    return worked_example(trainer.frame(probe), project.training, conventions)


def number(example: WorkedExample, kind: Kind, *names: str) -> float:
    """Return the number of the operation on a neuron or edge, after making sure that its own arithmetic gives it."""
    ids = {neuron.name: neuron.id for neuron in example.frame.plan.network.neurons}
    key: Key = ids[names[0]] if len(names) == 1 else (ids[names[0]], ids[names[1]])
    operation = example.find(key, kind)
    assert operation is not None
    value = example.value(operation)
    results = [equation.result for equation in example.equations(operation)]
    assert value in results
    for equation in example.equations(operation):
        assert evaluate(equation.right) == pytest.approx(equation.result, rel=1e-12, abs=1e-16)
    return value


def rounding(equation: Equation) -> float:
    """Return how far rounding may lead a sum astray: the size of its parts, not of what is left of them."""
    sizes = [abs(quantity.value) for quantity in quantities(equation.right)]
    terms = math.prod(max(1.0, size) for size in sizes if math.isfinite(size))
    return 1e-12 * max(terms, 1.0, abs(equation.result)) if math.isfinite(terms) else 1e-6


def check_all(example: WorkedExample) -> None:
    with np.errstate(all="ignore"):
        for operation in example.operations:
            equations = example.equations(operation)
            assert equations
            value = example.value(operation)
            assert any(
                equation.result == value or (math.isnan(value) and math.isnan(equation.result))
                for equation in equations
            )
            for equation in equations:
                if not math.isfinite(equation.result):
                    continue
                assert evaluate(equation.right) == pytest.approx(
                    equation.result, rel=1e-12, abs=rounding(equation)
                ), equation_text(equation, 17)
                if equation.relation == "=":
                    assert evaluate(equation.left) == pytest.approx(equation.result, rel=1e-12, abs=1e-300)
                assert all(
                    q.key is not None or q.symbol.letter in "LηµλμρεβcΔβ₁β₂"
                    for q in quantities(equation.right)
                )
                assert equation_latex(equation)


# ---- textbook cases


def test_mazur_reads_as_in_the_book() -> None:
    example = worked("mazur")
    z = [number(example, Kind.WEIGHTED_SUM, name) for name in ("h1", "h2", "o1", "o2")]
    assert z == pytest.approx([0.3775, 0.3925, 1.105905967, 1.2249214], abs=5e-9)
    a = [number(example, Kind.ACTIVATION, name) for name in ("h1", "h2", "o1", "o2")]
    assert a == pytest.approx([0.593269992, 0.596884378, 0.75136507, 0.772928465], abs=5e-9)
    loss = example.find(None, Kind.LOSS)
    assert loss is not None
    assert example.value(loss) == pytest.approx(0.298371109, abs=5e-10)
    [line] = example.equations(loss)
    assert evaluate(line.right) == pytest.approx(0.298371109, abs=5e-10)
    deltas = [number(example, Kind.OUTPUT_DELTA, name) for name in ("o1", "o2")]
    assert deltas == pytest.approx([0.138498562, -0.038098237], abs=1e-9)
    deltas = [number(example, Kind.HIDDEN_DELTA, name) for name in ("h1", "h2")]
    assert deltas == pytest.approx([0.008771354, 0.009954254], abs=1e-9)
    ends = [("h1", "o1"), ("h2", "o1"), ("h1", "o2"), ("h2", "o2")]
    after = [number(example, Kind.UPDATE, *pair) for pair in ends]
    assert after == pytest.approx([0.35891648, 0.408666186, 0.51130127, 0.561370121], abs=5e-9)
    ends = [("i1", "h1"), ("i2", "h1"), ("i1", "h2"), ("i2", "h2")]
    after = [number(example, Kind.UPDATE, *pair) for pair in ends]
    assert after == pytest.approx([0.149780716, 0.199561432, 0.249751144, 0.299502287], abs=5e-10)


def test_a_hidden_delta_is_written_as_on_paper() -> None:
    example = worked("mazur")
    id = next(neuron.id for neuron in example.frame.plan.network.neurons if neuron.name == "h1")
    operation = example.delta_of(id)
    assert operation is not None
    slope, delta = example.equations(operation)
    assert equation_text(slope) == "f′(z_h1) = a_h1 · (1 − a_h1) = 0.5933 · (1 − 0.5933) = 0.2413"
    assert equation_text(delta) == (
        "δ_h1 = f′(z_h1) · (w_h1→o1 δ_o1 + w_h1→o2 δ_o2) = 0.2413 · (0.4 · 0.1385 + 0.5 · (−0.03810)) = 0.008771"
    )
    assert equation_latex(delta, 3).startswith(r"\delta_{h_{1}} = f'(z_{h_{1}}) \, \left(w_{h_{1} \to o_{1}}")


def test_whole_numbers_one_example_and_the_mean_of_four() -> None:
    one = worked("whole-numbers")
    assert [number(one, Kind.WEIGHTED_SUM, name) for name in ("Z1", "Z2", "Z3", "ŷ")] == [1, 1, 1, 4]
    assert number(one, Kind.OUTPUT_DELTA, "ŷ") == 4
    assert [number(one, Kind.HIDDEN_DELTA, name) for name in ("Z1", "Z2", "Z3")] == [4, 4, 4]
    assert [number(one, Kind.GRADIENT, *key) for key in (("Z1",), ("x1", "Z1"), ("Z1", "ŷ"), ("ŷ",))] == [
        4,
        0,
        4,
        4,
    ]
    mean = worked("whole-numbers", Probe(Part.BATCH))
    assert number(mean, Kind.WEIGHTED_SUM, "Z1") == 2
    assert number(mean, Kind.OUTPUT_DELTA, "ŷ") == 6.5
    gradients = [number(mean, Kind.GRADIENT, *key) for key in (("ŷ",), ("Z1", "ŷ"), ("Z2",), ("x2", "Z2"))]
    assert gradients == [6.5, 14.5, 6.5, 4]
    loss = mean.find(None, Kind.LOSS)
    assert loss is not None
    assert mean.value(loss) == 23.5
    assert equation_text(mean.equations(loss)[0]).endswith("(8 + 18 + 18 + 50) / 4 = 23.5")
    new = [number(mean, Kind.UPDATE, *key) for key in (("ŷ",), ("Z1", "ŷ"), ("Z1",), ("x1", "Z1"))]
    assert new == pytest.approx([0.35, -0.45, 0.35, 0.6], rel=1e-12)


def test_one_neuron_reads_as_on_paper() -> None:
    example = worked("one-neuron")
    assert number(example, Kind.WEIGHTED_SUM, "ŷ") == pytest.approx(0, abs=1e-15)
    assert number(example, Kind.OUTPUT_DELTA, "ŷ") == -0.125
    assert [number(example, Kind.GRADIENT, *key) for key in (("x1", "ŷ"), ("x2", "ŷ"), ("ŷ",))] == [
        -0.0625,
        0.125,
        -0.125,
    ]
    new = [number(example, Kind.UPDATE, *key) for key in (("x1", "ŷ"), ("x2", "ŷ"), ("ŷ",))]
    assert new == pytest.approx([0.43125, 0.2375, 0.1625], rel=1e-12)


# ---- every equation leads to its number


@st.composite
def moments(draw: st.DrawFn) -> tuple[Frame, TrainingSettings]:
    seed = draw(st.integers(0, 2**32 - 1))
    loss = draw(st.sampled_from(sorted(LOSSES)))
    binary = loss == "binary-cross-entropy"
    network = random_network(seed, output_activation="sigmoid" if binary else None)
    x, t = random_examples(network, 5, seed, classes=LOSSES[loss].tasks != ("regression", "binary"))
    chosen = TrainingSettings(
        loss=loss,
        reduction=draw(st.sampled_from(Reduction)),
        optimizer=draw(st.sampled_from(sorted(OPTIMIZERS))),
        learning_rate=0.05,
        batch_size=draw(st.sampled_from([0, 1, 2])),
        l1=draw(st.sampled_from([0.0, 0.01])),
        l2=draw(st.sampled_from([0.0, 0.02])),
        clip_norm=draw(st.sampled_from([0.0, 0.1])),
        schedule=draw(st.sampled_from(["constant", "step", "cosine"])),
    )
    trainer = Trainer(network, Examples(x, t, x[:1], t[:1]), chosen)
    trainer.advance(draw(st.integers(0, 3)))
    probe = draw(st.sampled_from([Probe(), Probe(Part.TEST), Probe(Part.BATCH), Probe(Part.ALL)]))
    return trainer.frame(probe), chosen


@settings(max_examples=60, deadline=None)
@given(moments(), st.sampled_from(CONVENTIONS))
def test_every_equation_leads_to_the_models_number(
    moment: tuple[Frame, TrainingSettings], how: Conventions
) -> None:
    check_all(worked_example(*moment, how))


@settings(max_examples=40, deadline=None)
@given(moments(), st.sampled_from(CONVENTIONS))
def test_paths_add_up(moment: tuple[Frame, TrainingSettings], how: Conventions) -> None:
    frame, _ = moment
    for key in (*(edge for edge in frame.plan.network.edge_of), *(n.id for n in frame.plan.network.neurons)):
        found = paths(frame, key, how)
        shown = math.fsum(path.product for path in found.shown)
        size = math.fsum(abs(path.product) for path in found.shown)
        assert shown + found.rest == pytest.approx(found.total, rel=1e-12, abs=1e-12 * (1 + size))
        few = paths(frame, key, how, most=2)
        assert few.count == found.count
        assert [path.product for path in few.shown] == [path.product for path in found.shown[:2]]


# ---- steps, probes, writing


def test_the_gradient_of_a_batch_has_another_name_than_that_of_one_of_its_examples() -> None:
    def written(part: Part) -> str:
        example = worked("whole-numbers", Probe(part))
        update = next(one for one in example.operations if one.title == "Update of the weight x1 → Z1")
        return as_text(example.equations(update)[0].right, symbols=True)

    assert written(Part.TRAIN) == "∂L_batch/∂w_x1→Z1"
    assert written(Part.BATCH) == "∂L/∂w_x1→Z1"


def test_what_is_frozen_is_not_said_to_move() -> None:
    """Mazur's biases are frozen."""
    example = worked("mazur")
    frozen = {one.title: "frozen" in one.why for one in example.operations if one.kind is Kind.UPDATE}
    assert {title for title, is_frozen in frozen.items() if is_frozen} == {
        f"Update of the bias of {name}" for name in ("h1", "h2", "o1", "o2")
    }


def test_stepping_stops_at_the_end_of_each_group() -> None:
    example = worked("mazur")
    assert list(example.stops(Pace.OPERATION)) == list(range(len(example.operations)))
    assert [example.operations[i].kind for i in example.stops(Pace.PHASE)] == [
        Kind.ACTIVATION,
        Kind.LOSS,
        Kind.GRADIENT,
        Kind.UPDATE,
    ]
    assert len(example.stops(Pace.LAYER)) == 2 + 1 + 2 + 2
    assert len(example.stops(Pace.NEURON)) == 4 + 1 + 4 + 4


def test_typed_examples_and_what_is_wrong_with_them() -> None:
    network = dense([2, 3, 1])
    x = np.zeros((1, 2))
    trainer = Trainer(network, Examples(x, x[:, :1], x[:0], x[:0, :1]), TrainingSettings(loss="half-squared"))
    frame = trainer.frame(Probe(Part.TYPED, x=(0.5, -1.0), t=(2.0,)))
    assert frame.trace.x.tolist() == [[0.5, -1.0]]
    assert frame.trace.t.tolist() == [[2.0]]
    with pytest.raises(ProbeError, match="needs 2 inputs, but 1 was typed"):
        trainer.frame(Probe(Part.TYPED, x=(0.5,), t=(2.0,)))


def test_paths_are_counted_without_being_walked() -> None:
    # All weights are equal, so that every path is as large as every other one.
    network = dense([2, *[20] * 10, 1], activation="identity", output_activation="identity")
    network = network.with_parameters({}, {(edge.source, edge.target): 0.1 for edge in network.edges})
    x = np.ones((1, 2))
    trainer = Trainer(network, Examples(x, x[:, :1], x[:0], x[:0, :1]), TrainingSettings(loss="half-squared"))
    found = paths(trainer.frame(), (network.edges[0].source, network.edges[0].target))
    assert found.count == 20**9
    assert len(found.shown) == 1000
    assert found.rest_count == 20**9 - 1000
    assert math.fsum(path.product for path in found.shown) + found.rest == pytest.approx(
        found.total, rel=1e-12
    )


def test_parentheses_stand_where_they_are_needed_only() -> None:
    a, b = Number(2.0), Number(-3.0)
    assert as_text(Sum((a, b))) == "2 − 3"
    assert as_text(Sum((a, Negative(b)))) == "2 − (−3)"
    assert as_text(Product((b, a))) == "−3 · 2"
    assert as_text(Product((a, Sum((a, b))))) == "2 · (2 − 3)"
    assert as_text(Power(b, 2)) == "(−3)²"
    assert as_text(Negative(Sum((a, b)))) == "−(2 − 3)"


def test_a_folded_sum_keeps_its_largest_terms_and_the_bias() -> None:
    assert as_text(Sum(tuple(Number(float(i)) for i in range(9)))) == "4 + 5 + 6 + 7 + 8 + …"
    products = tuple(Product((Number(1.0), Number(value))) for value in (0.0, -9.0, 1.0, 8.0, 2.0, 0.5))
    written = as_text(Sum((*products, Number(0.25))))
    assert written == "1 · (−9) + 1 · 1 + 1 · 8 + 1 · 2 + … + 0.25"
    missing = (*products, Product((Number(1.0), Number(math.nan))))
    assert "not a number" in as_text(Sum(missing))


@pytest.mark.parametrize("reduction", Reduction)
def test_the_gradient_check_of_a_batch_looks_at_its_examples(reduction: Reduction) -> None:
    network = random_network(4, output_activation="tanh")
    x, t = random_examples(network, 6, 4)
    chosen = TrainingSettings(loss="half-squared", reduction=reduction)
    frame = Trainer(network, Examples(x, t, x[:0], t[:0]), chosen).frame(Probe(Part.ALL))
    found = checked(frame, lambda: False)
    assert found is not None
    assert found.check.passed


def test_paths_to_many_outputs_make_each_answer_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Answer] = []

    def counted(*parts: Quantity) -> Answer:
        made.append(Answer(*parts))
        return made[-1]

    monkeypatch.setattr(quantities_of, "Answer", counted)
    network = dense([2, 2, 50], activation="sigmoid", output_activation="sigmoid")
    x, t = np.ones((1, 2)), np.zeros((1, 50))
    frame = Trainer(network, Examples(x, t, x[:0], t[:0]), TrainingSettings()).frame()
    first = network.edges[0]
    assert paths(frame, (first.source, first.target)).count == 50
    assert len(made) == 50
