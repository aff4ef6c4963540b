"""Reconciling a book's numbers: each convention and each known mistake is told from the others by its number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.data import prepare
from backprop_gui.engine import LOSSES, OPTIMIZERS
from backprop_gui.engine.conventions import Conventions, Delta, Sign
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.frame import Part, Probe
from backprop_gui.engine.passes import trace
from backprop_gui.engine.plan import compile_network
from backprop_gui.engine.questions import Asked, Basis, Question
from backprop_gui.engine.readings import readings
from backprop_gui.engine.reconcile import Mark, Verdict, reconcile
from backprop_gui.engine.settings import Reduction, TrainingSettings
from backprop_gui.engine.slips import Slip, errors_and_deltas
from backprop_gui.engine.trainer import Trainer
from backprop_gui.errors import UserError
from backprop_gui.network import Network, dense
from backprop_gui.numerals import read_book_number
from backprop_gui.project import trainer_of
from backprop_gui.project.templates import templates
from tests.strategies import networks, random_examples

DELTA, GRADIENT, NEW = Asked.DELTA, Asked.GRADIENT, Asked.NEW_VALUE


class Book:
    """Asks about a template's numbers by the names of its neurons."""

    def __init__(
        self,
        template: str,
        conventions: Conventions | None = None,
        probe: Probe | None = None,
        **training: object,
    ) -> None:
        project = templates()[template].load()
        project = replace(project, training=replace(project.training, **training))  # type: ignore[arg-type]
        trainer = trainer_of(project, prepare(project.data))
        frame = trainer.frame(probe or Probe())
        self.basis = Basis.of(frame, trainer.examples, trainer.settings, conventions or Conventions())
        self._ids = {neuron.name: neuron.id for neuron in frame.plan.network.neurons}

    def question(self, asked: Asked, name: str) -> Question:
        ends = [self._ids[part] for part in name.split("→")]
        return Question(asked, ends[0] if len(ends) == 1 else (ends[0], ends[1]))

    def says(self, asked: Asked, name: str, number: str) -> Verdict:
        return reconcile(self.basis, self.question(asked, name), read_book_number(number))

    def value(self, asked: Asked, name: str) -> float:
        return next(readings(self.basis, self.question(asked, name), 0)).value


@pytest.fixture(scope="module")
def mazur() -> Book:
    return Book("mazur")


# ---- Mazur: every number of the text is right as it stands

MAZUR = [
    (DELTA, "o1", "0.138498562"),
    (DELTA, "o2", "−0.038098237"),
    (DELTA, "h1", "0.008771354"),
    (DELTA, "h2", "0.009954254"),
    (NEW, "h1→o1", "0.35891648"),
    (NEW, "h2→o1", "0.408666186"),
    (NEW, "h1→o2", "0.51130127"),
    (NEW, "h2→o2", "0.561370121"),
    (NEW, "i1→h1", "0.149780716"),
    (NEW, "i2→h1", "0.199561432"),
    (NEW, "i1→h2", "0.249751144"),
    (NEW, "i2→h2", "0.299502287"),
    (GRADIENT, "h1→o1", "0,082167041"),
    (GRADIENT, "i1→h1", "4.38568e-4"),
]


@pytest.mark.parametrize(("asked", "name", "number"), MAZUR)
def test_the_numbers_of_the_text_are_right_as_they_stand(
    mazur: Book, asked: Asked, name: str, number: str
) -> None:
    verdict = mazur.says(asked, name, number)
    assert verdict.mark is Mark.RIGHT
    [explanation] = verdict.explanations
    assert explanation.text.startswith(f"{number} is right: ")
    assert explanation.twists == ()


def test_a_digit_that_was_cut_and_not_rounded_is_said(mazur: Book) -> None:
    # δ_h2 is 0.00995425470…: the text cuts it.
    [text] = mazur.says(DELTA, "h2", "0.009954254").sentences
    assert text.endswith("Only its last digit is cut or rounded otherwise.")
    [text] = mazur.says(DELTA, "h2", "0.009954255").sentences
    assert text == "0.009954255 is right: δ of h2 = ∂L/∂z of this example, as the program writes it."


def test_single_precision_is_right_once() -> None:
    # The step made again in double precision is the trainer's own: there is nothing to choose from.
    verdict = Book("mazur", precision="float32").says(NEW, "h1→o1", "0.35891648")
    assert verdict.mark is Mark.RIGHT
    assert verdict.remark == ""
    [explanation] = verdict.explanations
    assert explanation.twists == ()


# ---- one thing otherwise

OTHERWISE = [
    (DELTA, "h1", "0.0175427", Mark.OTHERWISE, "if the book's loss is the full square, Σ (a − t)²: its numbers"),
    (DELTA, "o2", "0.0381", Mark.OTHERWISE, "if the book writes the error, (target − output): every sign"),
    (DELTA, "o1", "0.7414", Mark.OTHERWISE, "if δ means ∂L/∂a, without f′(z)."),
    # .40 · .138498562 − .50 · .038098237
    (DELTA, "h1", "0.03635", Mark.OTHERWISE, "if δ means ∂L/∂a, without f′(z)."),
    # .35891648 · .138498562 − .51130127 · .038098237 = .030229973, times .593269992 · .406730008
    (DELTA, "h1", "0.0072945", Mark.WRONG, "if the errors go back through the weights after the step: that"),
    # .05 · .0072945
    (GRADIENT, "i1→h1", "0.000364723", Mark.WRONG, "if the errors go back through the weights after the step"),
    # .15 − .5 · .05 · .0072945
    (NEW, "i1→h1", "0.149817639", Mark.WRONG, "if the errors go back through the weights after the step"),
    # .74136507 · .593269992: f′ of o1 is missing
    (GRADIENT, "h1→o1", "0.43982965", Mark.WRONG, "if f′ is left out at the outputs: that is a mistake"),
    # .05 · .03635031
    (GRADIENT, "i1→h1", "0.0018175", Mark.WRONG, "if f′ of h1 is left out: that is a mistake"),
    # .40 + .5 · .08216704
    (NEW, "h1→o1", "0.44108352", Mark.WRONG, "if the step goes uphill, w + η ∂L/∂w: that is a mistake"),
    # .40 − 1 · .08216704
    (NEW, "h1→o1", "0.31783296", Mark.OTHERWISE, "if the book's loss is the full square, Σ (a − t)²."),
    # .138498562 · .75136507 · .24863493
    (DELTA, "o1", "0.025873", Mark.WRONG, "if f′ is multiplied in twice at the outputs"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "name", "number", "mark", "text"), OTHERWISE)
def test_one_thing_otherwise_is_recognised(
    mazur: Book, asked: Asked, name: str, number: str, mark: Mark, text: str
) -> None:
    verdict = mazur.says(asked, name, number)
    assert verdict.mark is mark
    assert text in verdict.explanations[0].text


def test_two_things_otherwise_are_recognised(mazur: Book) -> None:
    # −2 · .741365: the error of the full square, without f′
    [text] = mazur.says(DELTA, "o1", "-1.48273").sentences
    assert text == (
        "That is right if the book's loss is the full square, Σ (a − t)² and δ means ∂L/∂a, without f′(z) and the book "
        "writes the error, (target − output)."
    )


def test_what_nothing_leads_to_is_wrong_by_a_factor(mazur: Book) -> None:
    verdict = mazur.says(DELTA, "h1", "0.01201676")
    assert verdict.mark is Mark.WRONG
    assert verdict.sentences == ("No convention leads to it: it is 1.37 times this program's value.",)


def test_few_digits_may_mean_many_things_and_that_is_said(mazur: Book) -> None:
    verdict = mazur.says(NEW, "i1→h1", "0.15")
    assert verdict.mark is Mark.RIGHT
    assert verdict.explanations[0].twists == ()
    assert "That is right if the book does not train this weight." in verdict.sentences
    assert verdict.remark.startswith(
        "Only one of these can be meant: a number with more digits would tell which."
    )


def test_few_digits_are_not_explained_by_many_twists(mazur: Book) -> None:
    verdict = mazur.says(DELTA, "h1", "0.012")
    assert verdict.explanations == ()


# ---- the present conventions are what is right


def test_what_is_right_follows_the_conventions() -> None:
    book = Book("mazur", Conventions(Delta.BY_A, Sign.ERROR))
    assert book.value(DELTA, "o1") == pytest.approx(-0.74136507, abs=5e-9)
    [text] = book.says(DELTA, "o1", "-0.7414").sentences
    assert text == "-0.7414 is right: e of o1 = −∂L/∂a of this example, as the program writes it."
    [text] = book.says(DELTA, "o1", "0.7414").sentences
    assert text.startswith("That is right if the book writes the gradient, (output − target)")
    [text] = book.says(DELTA, "o1", "-0.1385").sentences
    assert text == "That is right if δ means ∂L/∂z, with f′(z)."
    # A weight moves as it moves, however its gradient is written.
    assert book.says(NEW, "h1→o1", "0.35891648").mark is Mark.RIGHT
    assert book.value(GRADIENT, "h1→o1") == pytest.approx(-0.082167041, abs=5e-10)


def test_the_loss_of_the_project_is_where_factors_begin() -> None:
    book = Book("mazur", loss="sum-squared")
    assert book.says(DELTA, "h1", "0.01754271").mark is Mark.RIGHT
    [text] = book.says(DELTA, "h1", "0.008771355").sentences
    # With two outputs the mean square is half the full one, and so is ½ Σ.
    assert "half the square, ½ Σ (a − t)²: its numbers are half of these" in text


# ---- 2-3-1 with whole numbers: the batch of four examples


def test_the_batch_and_the_example_are_told_apart() -> None:
    book = Book("whole-numbers", batch_size=0)
    # 6.5, 14.5 are means over the four examples of XOR; 26 and 58 are their sums; the first example has 4 and 4.
    assert book.value(GRADIENT, "Z1→ŷ") == 4
    assert book.says(GRADIENT, "Z1→ŷ", "4").mark is Mark.RIGHT
    [mean] = book.says(GRADIENT, "Z1→ŷ", "14.5").sentences
    assert mean == "That is right if it is the mean over the 4 examples of the next update."
    [total] = book.says(GRADIENT, "Z1→ŷ", "58").sentences
    assert total == "That is right if it is the sum over the 4 examples of the next update."
    assert book.says(NEW, "Z1→ŷ", "-0.45").mark is Mark.RIGHT
    # 1 − .1 · 4, and 1 − .1 · 58
    [alone] = book.says(NEW, "Z1→ŷ", "0.6").sentences
    assert alone == "That is right if it is that of this example alone."
    assert "the sum over the 4 examples" in book.says(NEW, "Z1→ŷ", "-4.8").explanations[0].text


def test_a_fraction_is_meant_exactly() -> None:
    book = Book("whole-numbers", batch_size=0)
    assert book.says(GRADIENT, "Z1→ŷ", "29/2").mark is Mark.OTHERWISE
    assert book.says(GRADIENT, "Z1→ŷ", "29/2,01").explanations == ()
    assert book.says(DELTA, "Z1", "4").mark is Mark.RIGHT


def test_a_sum_over_the_batch_is_where_the_program_stands() -> None:
    book = Book("whole-numbers", batch_size=0, reduction=Reduction.SUM)
    assert book.says(NEW, "Z1→ŷ", "-4.8").mark is Mark.RIGHT
    assert "the mean over the 4 examples" in book.says(NEW, "Z1→ŷ", "-0.45").explanations[0].text


def test_the_mean_of_a_batch_can_be_what_is_looked_at() -> None:
    book = Book("whole-numbers", probe=Probe(Part.BATCH), batch_size=0)
    # (4 + 6 + 6 + 10) / 4, and the gradient of Z1→ŷ
    assert book.says(DELTA, "ŷ", "6.5").mark is Mark.RIGHT
    [text] = book.says(GRADIENT, "Z1→ŷ", "14.5").sentences
    assert text == "14.5 is right: ∂L/∂w Z1 → ŷ over 4 examples, as the program writes it."


@pytest.mark.parametrize(
    ("reduction", "own", "other", "what"),
    [(Reduction.MEAN, "14.5", "58", "sum"), (Reduction.SUM, "58", "14.5", "mean")],
)
def test_all_examples_may_be_added_up_or_averaged(
    reduction: Reduction, own: str, other: str, what: str
) -> None:
    # The four examples of XOR, of which the next update takes two.
    book = Book("whole-numbers", probe=Probe(Part.ALL), batch_size=2, reduction=reduction)
    assert book.says(GRADIENT, "Z1→ŷ", own).mark is Mark.RIGHT
    [text] = book.says(GRADIENT, "Z1→ŷ", other).sentences
    assert text == f"That is right if it is the {what} over these 4 examples."
    # 26 / 4
    sum_of_deltas, mean_of_deltas = "26", "6.5"
    book_own, book_other = (
        (mean_of_deltas, sum_of_deltas) if what == "sum" else (sum_of_deltas, mean_of_deltas)
    )
    assert book.says(DELTA, "ŷ", book_own).mark is Mark.RIGHT
    [text] = book.says(DELTA, "ŷ", book_other).sentences
    assert text == f"That is right if it is the {what} over these 4 examples."


def test_a_batch_that_is_looked_at_is_not_told_twice() -> None:
    book = Book("whole-numbers", probe=Probe(Part.BATCH), batch_size=0)
    [text] = book.says(GRADIENT, "Z1→ŷ", "58").sentences
    assert text == "That is right if it is the sum over these 4 examples."


def test_a_delta_may_have_the_share_of_its_example_in_it() -> None:
    book = Book("whole-numbers", probe=Probe(Part.TRAIN, 1), batch_size=0)
    # 6 / 4
    [text] = book.says(DELTA, "ŷ", "1.5").sentences
    assert text == "That is right if the 1/N of the mean over 4 examples is in δ already."


# ---- what the optimiser makes of it


def test_plain_gradient_descent_is_told_from_adam() -> None:
    book = Book("mazur", optimizer="adam")
    # Adam's first step is the learning rate, whatever the gradient.
    assert book.says(NEW, "h1→o1", "-0.1").mark is Mark.RIGHT
    [text] = book.says(NEW, "h1→o1", "0.35891648").sentences
    assert text == "That is right if the step is plain gradient descent, w − η ∂L/∂w."


def test_a_frozen_bias_is_told_from_a_trained_one() -> None:
    project = templates()["mazur"].load()
    trainer = trainer_of(project, prepare(project.data))
    frozen_here = any(neuron.frozen for neuron in project.network.neurons)
    book = Book("mazur")
    trained, still = ("0.345614323", "0.35")
    h1 = next(neuron for neuron in trainer.plan.network.neurons if neuron.name == "h1")
    assert h1.frozen == frozen_here
    assert book.says(NEW, "h1", still if frozen_here else trained).mark is Mark.RIGHT
    other = book.says(NEW, "h1", trained if frozen_here else "0.35000000")
    assert other.mark is Mark.OTHERWISE
    what = "trains this bias, which is frozen here" if frozen_here else "does not train this bias"
    assert what in other.explanations[0].text


# ---- on any network


@given(networks(), st.sampled_from(list(LOSSES)), st.integers(0, 2**32 - 1))
def test_a_slip_that_changes_nothing_leaves_the_engines_deltas(
    network: Network, loss: str, seed: int
) -> None:
    trainer = _trained(network, loss, "sgd", seed)
    seen, plan, theta = trainer.frame().trace, trainer.plan, trainer.theta
    deltas = np.empty_like(seen.delta)
    for neuron in network.neurons:
        # The weights before the step in place of those after it: the way through the textbook, and no slip on it.
        _, delta = errors_and_deltas(plan, theta, seen, LOSSES[loss], neuron.id, Slip.NEW_WEIGHTS)
        deltas[:, plan.column[neuron.id]] = delta
    # Where an output is 0 or 1, binary cross-entropy may have no slope; nothing is compared with that.
    known = np.isfinite(seen.delta)
    scale = float(np.abs(seen.delta[known]).max(initial=1.0))
    np.testing.assert_allclose(deltas[known], seen.delta[known], rtol=1e-9, atol=1e-12 * scale)


def test_the_error_of_a_perfect_answer_is_a_number() -> None:
    # a is 1 to the last bit: ∂L/∂a is −t / a = −1, and δ = a − t is 0.
    network = dense([1, 1], output_activation="sigmoid", bias=False, draw=lambda fan_in, fan_out: 100.0)
    plan, loss = compile_network(network), LOSSES["binary-cross-entropy"]
    seen = trace(plan, plan.start, np.ones((1, 1)), np.ones((1, 1)), loss)
    errors, deltas = errors_and_deltas(plan, plan.start, seen, loss, network.outputs[0].id)
    assert (errors.tolist(), deltas.tolist()) == ([-1], [0])


@given(networks(), st.sampled_from(list(OPTIMIZERS)), st.integers(0, 2**32 - 1))
def test_a_step_made_again_is_the_optimisers(network: Network, optimizer: str, seed: int) -> None:
    trainer = _trained(network, "half-squared", optimizer, seed)
    # Of the very examples that the next update learns from, the trainer's number is made again.
    frame = trainer.frame(Probe(Part.BATCH))
    basis = Basis.of(frame, trainer.examples, trainer.settings, Conventions())
    trainable = frame.plan.trainable
    for key in trainer.plan.keys:
        slot = frame.plan.slot[key]
        again = [
            reading.value
            for reading in readings(basis, Question(NEW, key), 1)
            if [twist.says for twist in reading.twists] == ["it is the mean over these 2 examples"]
        ]
        moving = trainable is None or trainable[slot]
        expected = [float(frame.theta[slot] + frame.update[slot])] if moving else []
        assert again == pytest.approx(expected, rel=1e-9, abs=1e-12)


def _trained(network: Network, loss: str, optimizer: str, seed: int) -> Trainer:
    x, t = random_examples(network, 5, seed)
    settings = TrainingSettings(
        loss=loss, optimizer=optimizer, learning_rate=0.01, batch_size=2, l1=0.001, l2=0.01, clip_norm=1.0
    )
    trainer = Trainer(network, Examples(x, t, x[:0], t[:0]), settings)
    trainer.advance(3)
    return trainer


# ---- what is typed


@pytest.mark.parametrize(
    ("text", "value", "unit", "digits"),
    [
        ("0.0088", 0.0088, 1e-4, 2),
        ("0,0088", 0.0088, 1e-4, 2),
        ("−0.0381", -0.0381, 1e-4, 3),
        ("8.8e-3", 0.0088, 1e-4, 2),
        ("1.20·10⁻⁷", 1.2e-7, 1e-9, 3),
        ("1.20 × 10^-7", 1.2e-7, 1e-9, 3),
        ("10.50", 10.5, 0.01, 4),
        ("4", 4, 0, 17),
        ("1/3", 1 / 3, 0, 17),
        ("12.5 %", 0.125, 1e-3, 3),
    ],
)
def test_a_printed_number_is_known_as_exactly_as_it_has_digits(
    text: str, value: float, unit: float, digits: int
) -> None:
    number = read_book_number(text)
    assert (number.value, number.unit) == pytest.approx((value, unit), rel=1e-12)
    assert number.digits == digits


@pytest.mark.parametrize("text", ["", "about 3", "1/0", "nan", "1_000", "1.2·10"])
def test_what_is_no_number_is_said(text: str) -> None:
    with pytest.raises(UserError, match="write a number such as"):
        read_book_number(text)
