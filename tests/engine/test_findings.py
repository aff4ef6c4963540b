"""Each finding has a network that triggers it and a near miss that must not; a healthy one gives none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from backprop_gui.data import prepare
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.findings import FINDERS, Finding, Look, Severity, checkup_of, find_all
from backprop_gui.engine.findings.verdict import verdict
from backprop_gui.engine.findings.words import listed, number
from backprop_gui.engine.flow import Measure, flow_of
from backprop_gui.engine.initializers import drawer
from backprop_gui.engine.optimizers import OPTIMIZERS
from backprop_gui.engine.plan import compile_network
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import Key, Kind, Network, dense
from backprop_gui.project import templates, trainer_of

XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
PARITY = np.array([[0.0], [1], [1], [0]])
BASE = TrainingSettings(loss="half-squared", optimizer="sgd", learning_rate=0.1, batch_size=0, seed=0)


def a_trainer(network: Network, x: np.ndarray = XOR, t: np.ndarray = PARITY, **changes: object) -> Trainer:
    return Trainer(network, Examples(x, t, x[:0], t[:0]), replace(BASE, **changes))  # type: ignore[arg-type]


def found_by(trainer: Trainer, most: int = 2048) -> list[Finding]:
    frame = trainer.frame()
    data = trainer.examples
    return find_all(
        checkup_of(
            frame.plan,
            frame.theta,
            data.x_train,
            data.t_train,
            frame.loss,
            frame.update,
            frame.losses,
            trainer.settings,
            frame.epoch,
            frame.note,
            most,
        )
    )


def kinds(trainer: Trainer) -> list[str]:
    return [finding.kind for finding in found_by(trainer)]


def the_one(trainer: Trainer, kind: str) -> Finding:
    [finding] = [finding for finding in found_by(trainer) if finding.kind == kind]
    return finding


def hidden(network: Network, layer: int = 1) -> list[int]:
    return [n.id for n in network.members[network.layers[layer].id]]


def with_parameters(network: Network, values: Mapping[Key, float]) -> Network:
    biases = {key: value for key, value in values.items() if isinstance(key, int)}
    weights = {key: value for key, value in values.items() if isinstance(key, tuple)}
    return network.with_parameters(biases, weights)


def drawn(*sizes: int, activation: str = "tanh", output: str = "identity", seed: int = 1) -> Network:
    return dense(sizes, activation=activation, output_activation=output, draw=drawer("xavier-uniform", seed))


# ---- saturated


def far_out(z: float, activation: str = "sigmoid", output: str = "identity") -> Network:
    """A 2-2-1 network whose first hidden neuron has about ``z`` whatever comes in."""
    network = drawn(2, 2, 1, activation=activation, output=output)
    return with_parameters(network, {hidden(network)[0]: z})


@pytest.mark.parametrize(("activation", "z"), [("sigmoid", 9.0), ("sigmoid", -9.0), ("tanh", 6.0)])
def test_a_saturated_neuron(activation: str, z: float) -> None:
    network = far_out(z, activation)
    finding = the_one(a_trainer(network), "saturated")
    assert finding.keys == (hidden(network)[0],)
    assert finding.look is Look.ACTIVATIONS
    assert "h1: f'(z) is below 1 % of its largest value for 100 % of all 4 training examples" in finding.text
    assert finding.title == "1 saturated neuron in hidden"
    assert finding.example in range(4)


def test_a_steep_or_a_half_saturated_neuron_is_not_reported() -> None:
    assert "saturated" not in kinds(a_trainer(far_out(3.0)))
    assert "saturated" not in kinds(a_trainer(far_out(9.0, activation="softplus")))
    network = drawn(2, 2, 1, activation="sigmoid")
    first = hidden(network)[0]
    inputs = [n.id for n in network.inputs]
    # z is -40, 0, 0, 40: it divides the data, and at two of them it is steep.
    cut = {(inputs[0], first): 40.0, (inputs[1], first): 40.0, first: -40.0}
    assert "saturated" not in kinds(a_trainer(with_parameters(network, cut)))


def test_saturation_is_no_trouble_once_it_is_learned() -> None:
    trainer = a_trainer(far_out(9.0), t=np.zeros((4, 1)), learning_rate=0.5)
    assert "saturated" in kinds(trainer)
    for _ in range(200):
        trainer.advance_epoch()
    assert trainer.train.loss < 1e-3
    assert kinds(trainer) == []


def test_an_output_at_the_wrong_end() -> None:
    network = drawn(2, 2, 1, output="sigmoid")
    wrong = with_parameters(network, {network.outputs[0].id: 12.0})
    finding = the_one(a_trainer(wrong), "saturated")
    assert finding.keys == (network.outputs[0].id,)
    assert "ŷ: flat, and more than 0.5 from the target, for 50 % of all 4 training examples" in finding.text
    assert finding.example in (0, 3)
    # With its own loss the slope cancels; with targets at this end nothing is wrong.
    assert "saturated" not in kinds(a_trainer(wrong, loss="binary-cross-entropy"))
    assert "saturated" not in kinds(a_trainer(wrong, t=np.ones((4, 1))))


# ---- dead


def relus(bias: float, first: str = "relu") -> Network:
    network = drawn(2, 3, 1, activation="relu")
    network = network.with_activation([hidden(network)[0]], first)
    one, *others = hidden(network)
    weights = {(n.id, id): 1.0 for n in network.inputs for id in others}
    weights |= {(n.id, one): -1.0 for n in network.inputs}
    return with_parameters(network, {**weights, **dict.fromkeys(others, 1.0), one: bias})


def test_a_dead_relu() -> None:
    network = relus(-0.25)
    finding = the_one(a_trainer(network), "dead")
    assert finding.keys == (hidden(network)[0],)
    assert finding.severity is Severity.HINDERS
    assert finding.example == 0
    assert "nearest to 0 is h1 with z = −0.25 for example 1" in finding.text
    assert "no gradient can bring it back" in finding.why
    # It stays so.
    trainer = a_trainer(network, optimizer="adam")
    for _ in range(50):
        trainer.advance_epoch()
    assert trainer.theta[trainer.plan.slot[hidden(network)[0]]] == -0.25


def test_a_relu_that_lives_for_one_example_is_not_dead() -> None:
    assert "dead" not in kinds(a_trainer(relus(0.25)))
    assert "dead" not in kinds(a_trainer(relus(-0.25, first="leaky-relu")))


def test_dead_is_said_of_all_the_data_and_not_of_a_sample() -> None:
    x = np.zeros((1000, 2))
    network = relus(-0.25)
    assert "dead" in [f.kind for f in found_by(a_trainer(network, x, np.ones((1000, 1))), most=10)]
    x[5] = -1.0  # not among the ten evenly chosen ones, and z = 1.75
    trainer = a_trainer(network, x, np.ones((1000, 1)))
    assert "dead" not in [f.kind for f in found_by(trainer, most=10)]
    x[5] = -0.05
    finding = next(
        f for f in found_by(a_trainer(network, x, np.ones((1000, 1))), most=10) if f.kind == "dead"
    )
    assert finding.example == 5
    assert "any of the 1,000 training examples" in finding.text


def test_a_whole_dead_layer_stops_everything() -> None:
    network = drawn(2, 2, 2, 1, activation="relu")
    second = hidden(network, 2)
    finding = the_one(a_trainer(with_parameters(network, dict.fromkeys(second, -50.0))), "dead")
    assert finding.severity is Severity.STOPS
    assert set(finding.keys) == set(second)
    assert "2 of the 2 ReLUs of the layer are dead" in finding.text
    assert "Only what comes in can still change" in finding.why


def test_a_dead_relu_among_others_does_not_stop_learning() -> None:
    # The only ReLU of its layer, beside two tanh.
    network = relus(-0.25)
    one, *others = hidden(network)
    mixed = network.with_activation(others, "tanh")
    finding = the_one(a_trainer(mixed), "dead")
    assert finding.keys == (one,)
    assert finding.severity is Severity.HINDERS
    assert "1 of the 1 ReLUs of the layer is dead" in finding.text


def test_a_dead_relu_that_nothing_leads_to() -> None:
    network = relus(-0.25)
    one, two, _ = hidden(network)
    cut = network.without([(n.id, one) for n in network.inputs])
    finding = the_one(a_trainer(cut), "dead")
    assert "Nothing comes in, so no gradient can bring it back." in finding.why
    both = with_parameters(cut, {two: -2.5})
    assert "What comes in, if anything does, is the data" in the_one(a_trainer(both), "dead").why


# ---- clones


def alike(weight: float = 0.5, *sizes: int) -> Network:
    return dense(
        sizes or (2, 3, 1), activation="tanh", output_activation="identity", draw=lambda i, o: weight
    )


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_clones_stay_clones_with_every_optimiser(optimizer: str, precision: str) -> None:
    network = alike()
    trainer = a_trainer(network, optimizer=optimizer, learning_rate=0.05, batch_size=3, precision=precision)
    for _ in range(30):
        finding = the_one(trainer, "clones")
        assert set(finding.keys) == set(hidden(network))
        trainer.advance(3)
    assert finding.title == "3 clones in hidden"


def test_clones_among_others_and_in_two_layers() -> None:
    network = drawn(2, 4, 3, 1)
    one, two = hidden(network)[1], hidden(network)[3]
    copy = {(n.id, two): network.edge_of[n.id, one].weight for n in network.inputs}
    copy |= {(two, id): network.edge_of[one, id].weight for id in hidden(network, 2)}
    assert set(the_one(a_trainer(with_parameters(network, copy)), "clones").keys) == {one, two}
    network = alike(0.5, 2, 2, 3, 1)
    found = [f.keys for f in found_by(a_trainer(network)) if f.kind == "clones"]
    assert sorted(found) == [tuple(hidden(network, 1)), tuple(hidden(network, 2))]


def test_weights_of_zero_are_explained() -> None:
    finding = the_one(a_trainer(alike(0.0)), "clones")
    assert "All their weights and biases are 0." in finding.text
    assert "extreme case" in finding.why


@pytest.mark.parametrize("change", ["in", "out", "bias", "activation", "frozen"])
def test_what_differs_in_one_thing_will_part_and_is_no_clone(change: str) -> None:
    network = alike(0.5, 2, 2, 1)
    first, source, target = hidden(network)[0], network.inputs[0].id, network.outputs[0].id
    changed = {
        "in": {(source, first): 0.5 + 1e-6},
        "out": {(first, target): 0.5 + 1e-6},
        "bias": {first: 1e-6},
    }
    if change == "activation":
        network = network.with_activation([first], "sine")
    elif change == "frozen":
        edges = tuple(
            replace(edge, frozen=edge.source == source and edge.target == first) for edge in network.edges
        )
        network = Network(network.neurons, edges, network.layers, network.next_id)
    else:
        network = with_parameters(network, changed[change])
    assert "clones" not in kinds(a_trainer(network))


def test_neurons_whose_memory_differs_are_about_to_part() -> None:
    trainer = a_trainer(alike(), optimizer="momentum", momentum=0.9)
    trainer.advance(2)
    slot = trainer.plan.slot[hidden(trainer.plan.network)[0]]
    memory = trainer.stepper.memory.vectors
    next(iter(memory.values()))[slot] += 1.0
    assert len(the_one(trainer, "clones").keys) == 2


# ---- vanishing and exploding


def chain(weight: float, layers: int = 4) -> Network:
    # With z = 0 everywhere a delta is multiplied by exactly the weight in each tanh layer.
    return dense(
        [1] * (layers + 2), activation="tanh", output_activation="identity", draw=lambda i, o: weight
    )


ZERO = np.zeros((2, 1))


def test_vanishing_deltas() -> None:
    trainer = a_trainer(chain(0.15), ZERO, ZERO + 1)
    finding = the_one(trainer, "vanishing")
    assert "The deltas of hidden 1 are 1/300 of those of hidden 4" in finding.text  # 0.15⁻³ = 296
    assert finding.keys == tuple(hidden(chain(0.15)))
    assert finding.look is Look.DELTAS
    assert kinds(a_trainer(chain(0.25), ZERO, ZERO + 1)) == []  # 4³ = 64


def test_exploding_deltas() -> None:
    finding = the_one(a_trainer(chain(11.0), ZERO, ZERO + 1), "exploding")
    assert "The deltas of hidden 1 are 1,300 times those of hidden 4" in finding.text  # 11³ = 1,331
    assert "exploding" not in kinds(a_trainer(chain(9.0), ZERO, ZERO + 1))  # 9³ = 729


def test_the_templates_that_show_it() -> None:
    for name in ("deep-sigmoid", "deep-narrow"):
        project = templates.load(name)
        assert "vanishing" in kinds(trainer_of(project, prepare(project.data)))


# ---- learning rate


def slope(rate: float, epochs: int, **changes: object) -> Trainer:
    """y = w x with x = 1 and t = 3 from w = 0.01: w moves by the rate times what is missing."""
    network = dense([1, 1], output_activation="identity", bias=False, draw=lambda i, o: 0.01)
    trainer = a_trainer(network, ZERO + 1, ZERO + 3, learning_rate=rate, **changes)
    for _ in range(epochs):
        trainer.advance_epoch()
    return trainer


def test_a_rate_that_is_too_high() -> None:
    # Each update multiplies what is missing by 1 - rate.
    finding = the_one(slope(2.5, 4), "rate-high")
    assert "The training loss began at 4.47 and is" in finding.text
    assert "the learning rate is 2.5" in finding.text
    assert finding.look is Look.STEPS
    assert kinds(slope(1.9, 4)) == []  # it jumps from side to side, but nearer each time


def test_a_rate_that_is_too_high_for_biases_alone() -> None:
    network = dense([1, 1], output_activation="identity", draw=lambda i, o: 0.01)
    [edge] = network.edges
    still = Network(network.neurons, (replace(edge, frozen=True),), network.layers, network.next_id)
    trainer = a_trainer(still, ZERO + 1, ZERO + 3, learning_rate=2.5)
    for _ in range(4):
        trainer.advance_epoch()
    text = the_one(trainer, "rate-high").text
    assert "The training loss began at 4.47" in text
    assert text.endswith("The learning rate is 2.5.")
    assert "median" not in text


def test_a_loss_that_was_exchanged_is_no_rise() -> None:
    trainer = slope(0.05, 3, loss="half-squared")
    trainer.configure(replace(trainer.settings, loss="huber", learning_rate=0.01))
    data = Examples(ZERO + 1, ZERO + 30, ZERO[:0], ZERO[:0])
    trainer.set_examples(data)
    for _ in range(6):
        trainer.advance_epoch()
        assert kinds(trainer) == []
    assert trainer.train.loss > 1.5 * trainer.history.curve().train[0]


def test_losses_of_different_kinds_are_not_compared() -> None:
    # Cross-entropy has another scale than half the square: 0.69 for what is 0.125.
    network = dense([1, 1], output_activation="sigmoid", bias=False, draw=lambda i, o: 0.0)
    x, t = np.array([[1.0], [1.1]]), np.array([[1.0], [0.0]])
    trainer = a_trainer(network, x, t, batch_size=1)
    for _ in range(12):
        trainer.advance_epoch()
    trainer.configure(replace(trainer.settings, loss="binary-cross-entropy", learning_rate=0.2))
    for _ in range(12):
        trainer.advance_epoch()
        assert kinds(trainer) == []
    losses = trainer.history.curve().train
    assert losses[-1] > 1.5 * losses[0]
    assert trainer.frame().losses[0] == pytest.approx(losses[13], rel=1e-2)
    # And the other way: what is small beside the old loss is not yet learned.
    trainer = slope(0.0, 3)
    trainer.set_examples(Examples(ZERO + 1, ZERO + 0.2, ZERO[:0], ZERO[:0]))
    trainer.configure(replace(trainer.settings, learning_rate=2.5))
    for _ in range(5):
        trainer.advance_epoch()
    trend = "The training loss began at 0.0181 and is 1.04 now."  # ½ · .19² · 1.5¹⁰
    assert trend in the_one(trainer, "rate-high").text


def test_a_loss_that_jumps_is_a_rate_that_is_too_high() -> None:
    # Two examples that want opposite things, one an update: the loss goes up and down for ever.
    network = dense([1, 1], output_activation="identity", bias=False, draw=lambda i, o: 2.5)
    x = np.array([[1.0], [1.2], [0.3]])
    t = np.array([[1.0], [-1.0], [0.5]])

    def jumping(rate: float) -> Trainer:
        trainer = a_trainer(network, x, t, learning_rate=rate, batch_size=1)
        for _ in range(40):
            trainer.advance_epoch()
        return trainer

    finding = the_one(jumping(1.2), "rate-high")
    assert "rises in" in finding.text
    assert kinds(jumping(0.01)) == []


def test_a_rate_that_is_too_low() -> None:
    finding = the_one(slope(1e-8, 10), "rate-low")
    assert "the learning rate is 1·10⁻⁸" in finding.text
    assert "schedule" not in finding.text
    assert kinds(slope(1e-8, 3)) == []  # too few records to say so
    assert kinds(slope(0.01, 10)) == []


def test_a_schedule_that_has_ended_is_named() -> None:
    trainer = slope(1e-3, 10, schedule="step", schedule_epochs=1, schedule_factor=1e-3)
    assert "of which the schedule leaves" in the_one(trainer, "rate-low").text


def test_standing_still_at_a_minimum_is_no_fault_of_the_rate() -> None:
    # The best that y = w x can do with two opposite targets is w = 0.2, and the loss stays high.
    network = dense([1, 1], output_activation="identity", bias=False, draw=lambda i, o: 0.2)
    x, t = np.ones((2, 1)), np.array([[1.2], [-0.8]])
    trainer = a_trainer(network, x, t, learning_rate=0.1)
    for _ in range(20):
        trainer.advance_epoch()
    assert trainer.train.loss == pytest.approx(0.5)
    assert kinds(trainer) == []


# ---- not finite


def test_an_update_that_went_wrong_names_example_neuron_and_weight() -> None:
    network = dense(
        [1, 1, 1], activation="identity", output_activation="identity", bias=False, draw=lambda i, o: 1.0
    )
    x = np.array([[1.0], [0.0], [1e150], [1.0]])
    trainer = a_trainer(network, x, np.zeros((4, 1)), learning_rate=1.0)
    # 1e100 · 1e100 · 1e150 is too large, for the third example only.
    trainer.stepper.theta[...] = 1e100
    trainer.advance(1)
    finding = the_one(trainer, "not-finite")
    source, target = hidden(network)[0], network.outputs[0].id
    assert finding.severity is Severity.STOPS
    assert finding.example == 2
    assert finding.keys == (target, (source, target))
    assert "weighted sum of ŷ was no longer finite for training example 3" in finding.text
    assert "the weight h1 → ŷ stood at 1e+100" in finding.text


def test_what_is_not_finite_before_any_update() -> None:
    network = dense([1, 1, 1], activation="identity", output_activation="identity", draw=lambda i, o: 1.0)
    source, target = network.inputs[0].id, hidden(network)[0]
    huge = with_parameters(network, {(source, target): 1e300})
    x = np.array([[1.0], [1e10], [2.0]])
    trainer = a_trainer(huge, x, np.zeros((3, 1)))
    finding = the_one(trainer, "not-finite")
    assert finding.example == 1
    assert finding.keys == (target, (source, target))
    assert "For training example 2, the weighted sum of h1 is ∞" in finding.text
    assert "the weight x → h1 with 1·10³⁰⁰" in finding.text
    assert "not-finite" not in kinds(a_trainer(huge, x / 1e10, np.zeros((3, 1)), loss="absolute"))


def test_a_delta_and_a_loss_can_be_the_first() -> None:
    network = dense([1, 1, 1], activation="identity", output_activation="identity", draw=lambda i, o: 1.0)
    first, out = (network.inputs[0].id, hidden(network)[0]), (hidden(network)[0], network.outputs[0].id)
    small = with_parameters(network, {first: 1e-300, out: 1e200})
    # Forwards 1e-300 · 1e200; backwards the delta of ŷ, 1e200, times 1e200.
    finding = the_one(a_trainer(small, np.ones((1, 1)), np.full((1, 1), -1e200)), "not-finite")
    assert "the delta of h1 is ∞" in finding.text
    assert finding.look is Look.DELTAS
    finding = the_one(a_trainer(network, np.ones((1, 1)), np.full((1, 1), 1e200)), "not-finite")
    assert "The loss of training example 1 is ∞" in finding.text


def test_it_is_found_beyond_the_sample_if_the_trainer_says_so() -> None:
    network = dense([1, 1], output_activation="identity", draw=lambda i, o: 1e200)
    x = np.ones((1000, 1))
    x[5] = 1e200
    trainer = a_trainer(network, x, np.zeros((1000, 1)), loss="absolute")
    assert trainer.note is not None
    assert [f.example for f in found_by(trainer, most=10) if f.kind == "not-finite"] == [5]


# ---- nothing wrong


@pytest.mark.parametrize("name", ["xor", "mazur", "iris", "moons", "sine", "skip", "teacher-student"])
def test_a_healthy_network_gives_none(name: str) -> None:
    project = templates.load(name)
    trainer = trainer_of(project, prepare(project.data))
    for epochs in (0, 1, 4, 25, 70):
        for _ in range(epochs):
            trainer.advance_epoch()
        assert kinds(trainer) == []


def test_the_worst_comes_first_and_everything_is_said() -> None:
    network = alike(0.0, 2, 3, 2, 1).with_activation(hidden(alike(0.0, 2, 3, 2, 1), 2), "relu")
    found = found_by(a_trainer(network))
    assert [f.severity for f in found] == sorted(
        (f.severity for f in found), key=lambda severity: list(Severity).index(severity)
    )
    assert {f.kind for f in found} == {"dead", "clones"}
    ids = {n.id for n in network.neurons if n.kind is Kind.HIDDEN}
    for finding in found:
        assert all(text.endswith(".") for text in (finding.text, finding.why, finding.remedy))
        assert set(finding.keys) <= ids
    assert all(finder.looks_for for finder in FINDERS.values())


def test_a_sample_is_said_to_be_one() -> None:
    plan = compile_network(far_out(9.0))
    x, t = np.zeros((50, 2)), np.zeros((50, 1))
    finding = next(f for f in found_by(a_trainer(plan.network, x, t), most=10) if f.kind == "saturated")
    assert "10 of 50 training examples, evenly chosen" in finding.text


def judged(network: Network, measure: Measure = Measure.DELTA, x: np.ndarray = ZERO) -> str:
    trainer = a_trainer(network, x, x[:, :1] + 1)
    frame = trainer.frame()
    flow = flow_of(frame.plan, frame.theta, frame.update, x, x[:, :1] + 1, frame.loss)
    return verdict(flow, measure)


def test_the_flow_in_a_sentence() -> None:
    vanishing = "The deltas of hidden 1 are 1/300 of those of hidden 4: they vanish."
    assert judged(chain(0.15)) == vanishing
    assert judged(chain(0.15), Measure.GRADIENT) == vanishing.replace("deltas", "gradients")
    assert judged(chain(11.0)) == "The deltas of hidden 1 are 1,300 times those of hidden 4: they explode."
    even = "The deltas of hidden 1 are about as large as those of hidden 4: they neither vanish nor explode."
    assert judged(chain(1.0)) == even
    assert judged(chain(0.8)).startswith(
        "The deltas of hidden 1 are 1/2.0 of those of hidden 4"
    )  # 0.8⁻³ = 1.95
    assert "fewer than two hidden layers" in judged(chain(1.0, layers=1))
    assert judged(chain(1e200)) == "Some deltas are not finite."
    dead = drawn(2, 2, 2, 1, activation="relu")
    dead = with_parameters(dead, dict.fromkeys(hidden(dead, 2), -50.0))
    assert judged(dead, x=XOR) == "All deltas of hidden 2 are 0: nothing is learned there."
    steps = judged(drawn(2, 3, 1), Measure.STEP, XOR)
    assert steps.startswith("The next step is ")
    assert steps.endswith("where about 0.001 is the rule of thumb.")
    assert judged(chain(0.0), Measure.STEP) == "No weight moves in the next step."


def test_words() -> None:
    assert [number(v) for v in (0.0, -0.55321, 1.2e-7, 3400.0, 99999.0, 1e5, np.inf, -np.inf, np.nan)] == [
        "0",
        "−0.553",
        "1.2·10⁻⁷",
        "3,400",
        "100,000",
        "1·10⁵",
        "∞",
        "−∞",
        "not a number",
    ]
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c", "d"]) == "a, b, c and d"
    assert listed([f"h{i}" for i in range(9)]) == "h0, h1, h2 and 6 others"
