"""∂L/∂a of a saturated sigmoid under binary cross-entropy: the numbers are right, and the arithmetic leads to them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.frame import Frame, Probe
from backprop_gui.engine.operations.expression import evaluate
from backprop_gui.engine.operations.ledger import delta_ledger
from backprop_gui.engine.operations.operation import Phase
from backprop_gui.engine.operations.paths import paths
from backprop_gui.engine.operations.text import equation_text
from backprop_gui.engine.operations.worked import worked_example
from backprop_gui.engine.reading import deltas
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import dense

BY_A = Conventions(Delta.BY_A)
Z = [-700.0, -40.0, -18.0, -3.0, 0.0, 3.0, 18.0, 36.0, 40.0, 700.0]


def chain(z: float, t: float, precision: str = "float64") -> tuple[Frame, TrainingSettings, int, int]:
    """One input of 1, a hidden identity of 1, and a sigmoid whose weight and z are ``z``."""
    network = dense([1, 1, 1], activation="identity", output_activation="sigmoid")
    x, hidden, output = (neuron.id for neuron in network.neurons)
    network = network.with_parameters({}, {(x, hidden): 1.0, (hidden, output): z})
    chosen = TrainingSettings(loss="binary-cross-entropy", precision=precision)
    inputs, targets = np.ones((1, 1)), np.full((1, 1), t)
    trainer = Trainer(network, Examples(inputs, targets, inputs[:0], targets[:0]), chosen)
    return trainer.frame(Probe()), chosen, hidden, output


def true_slope(z: float, t: float) -> float:
    """(1 − t) / (1 − a) − t / a, with 1 / (1 − a) = 1 + e^z and 1 / a = 1 + e^−z."""
    return (1 - t) * (1 + math.exp(z)) - t * (1 + math.exp(-z))


@pytest.mark.parametrize("t", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("z", Z)
@pytest.mark.parametrize("sign", Sign)
def test_the_numbers_are_right_and_the_arithmetic_leads_to_them(z: float, t: float, sign: Sign) -> None:
    frame, chosen, hidden, output = chain(z, t)
    how = Conventions(Delta.BY_A, sign)
    found = deltas(frame, how)[0]
    assert found[frame.plan.column[output]] == pytest.approx(how.factor * true_slope(z, t), rel=1e-12)
    a = 1 / (1 + math.exp(-z))
    assert found[frame.plan.column[hidden]] == pytest.approx(how.factor * z * (a - t), rel=1e-12)
    example = worked_example(frame, chosen, how)
    for operation in example.operations:
        for equation in example.equations(operation):
            assert math.isfinite(equation.result)
            assert evaluate(equation.right) == pytest.approx(equation.result, rel=1e-12), equation_text(
                equation
            )
    for neuron in (hidden, output):
        ledger, all_paths = delta_ledger(frame, neuron, how), paths(frame, neuron, how)
        assert ledger.total == pytest.approx(ledger.delta, rel=1e-12)
        assert sum(path.product for path in all_paths.shown) == pytest.approx(all_paths.total, rel=1e-12)
        assert "small differences" not in ledger.sentence


@pytest.mark.parametrize("t", [0.0, 1.0])
@pytest.mark.parametrize("z", [-80.0, -18.0, -10.0, 10.0, 18.0, 80.0])
def test_single_precision_saturates_earlier_and_is_right_too(z: float, t: float) -> None:
    frame, chosen, _, output = chain(z, t, "float32")
    found = deltas(frame, BY_A)[0, frame.plan.column[output]]
    assert found == pytest.approx(true_slope(z, t), rel=1e-5)
    example = worked_example(frame, chosen, BY_A)
    for operation in example.operations:
        for equation in example.equations(operation) if operation.phase is Phase.BACKWARD else ():
            assert evaluate(equation.right) == pytest.approx(equation.result, rel=1e-4), equation_text(
                equation
            )


def test_it_reads_as_on_paper() -> None:
    def lines(z: float, t: float) -> list[str]:
        frame, chosen, hidden, output = chain(z, t)
        example = worked_example(frame, chosen, BY_A)
        found = [example.delta_of(id) for id in (output, hidden)]
        return [equation_text(example.equations(one)[-1], 3) for one in found if one is not None]

    assert lines(40, 1) == [
        "e_ŷ = −t_ŷ / a_ŷ = −1 / 1 = −1",
        "e_h1 = w_h1→ŷ · f′(z_ŷ) · e_ŷ = 40 · 0 · (−1) = 0",
    ]
    assert lines(40, 0) == ["e_ŷ = 1 + exp(z_ŷ) = 1 + exp(40) = 2.35·10¹⁷", "e_h1 = w_h1→ŷ δ_ŷ = 40 · 1 = 40"]
    assert (
        lines(1, 0)[0] == "e_ŷ = (a_ŷ − t_ŷ) / (a_ŷ · (1 − a_ŷ)) = (0.731 − 0) / (0.731 · (1 − 0.731)) = 3.72"
    )


def test_what_is_larger_than_any_number_is_said_to_be_so() -> None:
    frame, chosen, _, output = chain(90, 0, "float32")
    example = worked_example(frame, chosen, BY_A)
    operation = example.delta_of(output)
    assert operation is not None
    [equation] = example.equations(operation)
    assert equation.result == math.inf
    assert equation.remark.endswith("larger than the largest number of this precision")
