"""Edits of a project: what they keep, what they say, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from backprop_gui.data import DataSettings
from backprop_gui.engine.losses import LOSSES
from backprop_gui.engine.passes import trace
from backprop_gui.engine.plan import compile_network
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.errors import UserError
from backprop_gui.network import Key, Kind, Network, NetworkError, check_trainable, dense, in_columns
from backprop_gui.network.errors import CycleError, InvalidNeuronError, ShapeError, UnknownNeuronError
from backprop_gui.project import Project, edits, files, limits
from backprop_gui.project.edits import Edit, Starts
from tests.strategies import random_network

Values = dict[Key, float]


def project_of(network: Network, **training: object) -> Project:
    return Project(network, DataSettings(), replace(TrainingSettings(), **training))  # type: ignore[arg-type]


def drawn_values(network: Network) -> Values:
    return {
        **{n.id: n.bias for n in network.neurons if n.bias is not None},
        **{(e.source, e.target): e.weight for e in network.edges},
    }


def starts_of(network: Network, *, keep: bool = True, values: Values | None = None) -> Starts:
    return Starts(keep, (values or drawn_values(network)).__getitem__)


def xor() -> Network:
    weights = np.random.default_rng(1)
    return dense([2, 3, 1], draw=lambda fan_in, fan_out: float(weights.normal()))


def ids_of(network: Network, *names: str) -> list[int]:
    return [next(n.id for n in network.neurons if n.name == name) for name in names]


# ---- drawing weights


def test_weights_that_are_drawn_anew_are_others_each_time() -> None:
    network = xor()
    project, layer = project_of(network), network.layers[1].id
    seen: list[tuple[float, ...]] = []
    for _ in range(4):
        again, project = (edits.draw_layer(project, layer, "normal").project for _ in range(2))
        assert again == project, "the same after the same"
        seen.append(tuple(edge.weight for edge in project.network.edges))
    assert len(set(seen)) == 4


# ---- what the network computes stays


def live_after(edit: Edit, old: Network, values: Values) -> Values:
    """Apply what a trainer does: what is new or touched is as drawn, or inherits; the rest lives on."""
    drawn, before = drawn_values(edit.project.network), drawn_values(old)
    return {
        key: values[edit.inherits[key]]
        if key in edit.inherits
        else values[key]
        if key in before and before[key] == value and key not in edit.touched
        else value
        for key, value in drawn.items()
    }


def outputs(
    network: Network, values: Values, x: NDArray[np.float64], names: Sequence[int]
) -> NDArray[np.float64]:
    plan = compile_network(network)
    theta = plan.start.copy()
    for key, slot in plan.slot.items():
        theta[slot] = values[key]
    t = np.zeros((len(x), len(network.outputs)))
    a = trace(plan, theta, x, t, LOSSES["half-squared"]).a
    return a[:, [plan.column[id] for id in names]]


def random_edit(project: Project, starts: Starts, rng: np.random.Generator) -> Edit:
    network = project.network
    neurons, edges = network.neurons, network.edges
    inner = [n for n in neurons if n.kind is Kind.HIDDEN]
    pick = neurons[rng.integers(len(neurons))]
    edge = edges[rng.integers(len(edges))]
    layer = network.neuron_of[inner[rng.integers(len(inner))].id].layer if inner else None
    size = len(network.members[layer]) if layer else 0

    def random_ids() -> list[int]:
        return [neurons[i].id for i in rng.choice(len(neurons), rng.integers(1, 4))]

    makers: list[Callable[[], Edit]] = [
        lambda: edits.add_neuron(project, Kind.HIDDEN, (0.0, 0.0), starts),
        lambda: edits.add_neuron(project, Kind.HIDDEN, None, starts, layer),
        lambda: edits.add_layer(project, Kind.HIDDEN, 3, (0.0, 0.0), starts),
        lambda: edits.split_edge(project, (edge.source, edge.target), starts),
        lambda: edits.connect(project, random_ids(), random_ids(), starts),
        lambda: edits.resize_layer(project, layer or -1, size + 2, starts),
        lambda: edits.insert_layer(
            project,
            network.neuron_of[edge.source].layer,
            network.neuron_of[edge.target].layer,
            len(network.members[network.neuron_of[edge.source].layer]) + int(rng.integers(3)),
            starts,
        ),
        lambda: edits.move(project, [pick.id], 3.0, 4.0),
        lambda: edits.duplicate(project, [n.id for n in inner], 5.0, 5.0),
        lambda: edits.tidy(project),
    ]
    return makers[rng.integers(len(makers))]()


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_keeps_the_function_keeps_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    project = project_of(
        random_network(seed), initializer=str(rng.choice(["xavier-uniform", "normal", "constant"]))
    )
    values = {
        key: float(rng.choice([0.0, rng.normal(), rng.normal()])) for key in drawn_values(project.network)
    }
    x = rng.normal(size=(5, len(project.network.inputs)))
    for _ in range(4):
        network = project.network
        names = [neuron.id for neuron in network.outputs]
        before = outputs(network, values, x, names)
        try:
            edit = random_edit(project, starts_of(network, values=values), rng)
        except NetworkError:
            continue
        changed = edit.project.network
        values = live_after(edit, network, values)
        after = outputs(changed, values, x, names)
        if "something else" in edit.note:
            assert "nothing would be learned" in edit.note
        else:
            np.testing.assert_allclose(after, before, rtol=1e-12, atol=1e-12)
        project = edit.project


def test_new_weights_are_zero_only_where_they_would_change_something() -> None:
    network = xor()
    project = project_of(network)
    added = edits.add_neuron(project, Kind.HIDDEN, (220.0, 300.0), starts_of(network))
    (new,) = added.selected or ()
    assert isinstance(new, int)
    now = added.project
    x1, x2, h1, y = ids_of(network, "x1", "x2", "h1", "ŷ")
    into = edits.connect(now, [x1, x2], [new], starts_of(now.network))
    weights = [into.project.network.edge_of[x, new].weight for x in (x1, x2)]
    assert 0 not in weights
    assert len(set(weights)) == 2
    assert into.note == "The new weights are drawn and have no effect yet."
    out = edits.connect(into.project, [new], [y], starts_of(into.project.network))
    assert out.project.network.edge_of[new, y].weight == 0
    assert out.note == "The new weight begins at 0, so the network computes what it did before."
    free = edits.connect(into.project, [new], [y], starts_of(into.project.network, keep=False))
    assert free.project.network.edge_of[new, y].weight != 0
    assert free.note == ""
    skip = edits.connect(project, [x1], [y], starts_of(network))
    assert skip.project.network.edge_of[x1, y].weight == 0
    # The present value counts, not the drawn one: nothing of h1 comes out while its weight is 0.
    values = drawn_values(now.network) | {(h1, y): 0.0}
    behind = edits.connect(now, [new], [h1], starts_of(now.network, values=values))
    assert behind.project.network.edge_of[new, h1].weight != 0


def test_a_silent_neuron_can_learn_whatever_is_connected_first() -> None:
    network = xor()
    project = project_of(network)
    added = edits.add_neuron(project, Kind.HIDDEN, (220.0, 300.0), starts_of(network)).project
    x1, y = ids_of(network, "x1", "ŷ")
    new = added.network.neurons[-1].id
    # tanh(0) is 0: a drawn weight changes nothing, with a weight of 0 on both sides none would ever move.
    first = edits.connect(added, [new], [y], starts_of(added.network))
    assert first.project.network.edge_of[new, y].weight != 0
    second = edits.connect(first.project, [x1], [new], starts_of(first.project.network))
    assert second.project.network.edge_of[x1, new].weight == 0
    # ReLU is level at 0: there the weight in front must not be 0, and before it is drawn the one behind is.
    relu = edits.set_activation(added, [new], "relu").project
    first = edits.connect(relu, [new], [y], starts_of(relu.network))
    assert first.project.network.edge_of[new, y].weight == 0
    live = drawn_values(first.project.network) | {(new, y): 0.5}
    second = edits.connect(first.project, [x1], [new], starts_of(first.project.network, values=live))
    assert second.project.network.edge_of[x1, new].weight != 0
    assert "something else" in second.note


def test_nothing_is_said_while_nothing_is_computed() -> None:
    project = project_of(Network())
    for kind, x in ((Kind.INPUT, 0.0), (Kind.HIDDEN, 220.0), (Kind.OUTPUT, 440.0)):
        size = {Kind.INPUT: 2, Kind.HIDDEN: 3, Kind.OUTPUT: 1}[kind]
        project = edits.add_layer(project, kind, size, (x, 0.0), starts_of(project.network)).project
    names = [neuron.name for neuron in project.network.neurons]
    assert names == ["x1", "x2", "h1", "h2", "h3", "ŷ"]
    layers = [[n.id for n in members] for members in project.network.members.values()]
    for left, right in ((0, 1), (1, 2)):
        edit = edits.connect(project, layers[left], layers[right], starts_of(project.network))
        assert edit.note == ""
        project = edit.project
    assert all(edge.weight for edge in project.network.edges)
    assert len({edge.weight for edge in project.network.edges}) == 9
    check_trainable(project.network)
    assert in_columns(project.network) == edits.tidy(project).project.network
    assert project.network.neurons[-1].activation == "sigmoid"  # as binary cross-entropy wants it


def test_an_inserted_layer_hands_on_the_learned_weights() -> None:
    network = xor()
    project = project_of(network)
    hidden, last = network.layers[1].id, network.layers[2].id
    edit = edits.insert_layer(project, hidden, last, 4, starts_of(network))
    changed = edit.project.network
    assert changed.shape == "2-3-4-1"
    assert sorted(edit.inherits.values()) == [(n.id, network.outputs[0].id) for n in network.members[hidden]]
    columns = [changed.members[layer.id][0].position[0] for layer in changed.layers]
    assert columns == sorted(columns)
    assert len(set(columns)) == 4
    small = edits.insert_layer(project, hidden, last, 2, starts_of(network))
    assert not small.inherits
    assert "something else" in small.note
    assert (
        "something else" in edits.insert_layer(project, hidden, last, 4, starts_of(network, keep=False)).note
    )
    with pytest.raises(NetworkError, match="No edge leads from the layer output"):
        edits.insert_layer(project, last, hidden, 2, starts_of(network))


# ---- what they are called


@pytest.mark.parametrize(
    ("text", "make"),
    [
        ("Connect x1 to ŷ", lambda p, i, s: edits.connect(p, [i["x1"]], [i["ŷ"]], s)),
        ("Connect the layer input to ŷ", lambda p, i, s: edits.connect(p, [i["x1"], i["x2"]], [i["ŷ"]], s)),
        ("Move h2", lambda p, i, s: edits.move(p, [i["h2"]], 1, 1)),
        ("Move 3 neurons", lambda p, i, s: edits.move(p, [i["h2"], i["h1"], i["x1"]], 1, 1)),
        ("Delete x1 → h2", lambda p, i, s: edits.remove(p, [(i["x1"], i["h2"])])),
        (
            "Delete 2 neurons and 1 edge",
            lambda p, i, s: edits.remove(p, [i["x1"], i["h2"], (i["x2"], i["h1"])]),
        ),
        ("Set w of x1 → h2 to 0.333", lambda p, i, s: edits.set_weight(p, (i["x1"], i["h2"]), 1 / 3)),
        ("Set b of h1 to −2", lambda p, i, s: edits.set_bias(p, i["h1"], -2)),
        ("Set h1 to ReLU", lambda p, i, s: edits.set_activation(p, [i["h1"], i["x1"]], "relu")),
        ("Rename h1 to boss", lambda p, i, s: edits.rename(p, i["h1"], " boss\n")),
        ("Freeze x1 → h2", lambda p, i, s: edits.set_frozen(p, [(i["x1"], i["h2"])], True)),
        ("Switch the bias of h1 off", lambda p, i, s: edits.set_has_bias(p, [i["h1"]], False)),
        ("Put h4 on x1 → h2", lambda p, i, s: edits.split_edge(p, (i["x1"], i["h2"]), s)),
        ("Add h4", lambda p, i, s: edits.add_neuron(p, Kind.HIDDEN, (0, 0), s)),
        ("Add ŷ2", lambda p, i, s: edits.add_neuron(p, Kind.OUTPUT, (0, 0), s)),
        ("Duplicate h1", lambda p, i, s: edits.duplicate(p, [i["h1"]], 9, 9)),
        ("Tidy the network", lambda p, i, s: edits.tidy(p)),
    ],
)
def test_steps_carry_the_names_that_people_gave(text: str, make: Callable[..., Edit]) -> None:
    network = xor()
    ids = {neuron.name: neuron.id for neuron in network.neurons}
    assert make(project_of(network), ids, starts_of(network)).text == text


def test_what_is_typed_is_touched() -> None:
    network = xor()
    project = project_of(network)
    edge = network.edges[0]
    same = edits.set_weight(project, (edge.source, edge.target), edge.weight)
    assert same.touched == {(edge.source, edge.target)}
    assert same.project.network == network
    (h1,) = ids_of(network, "h1")
    assert edits.set_bias(project, h1, 0.0).touched == {h1}


# ---- what they refuse


@pytest.mark.parametrize(
    ("kind", "words", "make"),
    [
        (CycleError, "already leads to", lambda p, i, s: edits.connect(p, [i["ŷ"]], [i["h1"]], s)),
        (CycleError, "and back", lambda p, i, s: edits.connect(p, [i["h1"], i["h2"]], [i["h1"], i["h2"]], s)),
        (
            NetworkError,
            "its value comes from the data",
            lambda p, i, s: edits.connect(p, [i["h1"]], [i["x1"]], s),
        ),
        (
            NetworkError,
            "already connected",
            lambda p, i, s: edits.connect(p, [i["x1"], i["x2"]], [i["h1"]], s),
        ),
        (NetworkError, "nothing to connect", lambda p, i, s: edits.connect(p, [], [i["h1"]], s)),
        (NetworkError, "Nothing is selected", lambda p, i, s: edits.remove(p, [])),
        (NetworkError, "needs a name", lambda p, i, s: edits.rename(p, i["h1"], "  ")),
        (
            NetworkError,
            "enter a number",
            lambda p, i, s: edits.set_weight(p, (i["x1"], i["h1"]), float("nan")),
        ),
        (InvalidNeuronError, "no bias", lambda p, i, s: edits.set_bias(p, i["x1"], 1)),
        (InvalidNeuronError, "no bias", lambda p, i, s: edits.set_activation(p, [i["x1"]], "relu")),
        (InvalidNeuronError, "nothing to freeze", lambda p, i, s: edits.set_frozen(p, [i["x1"]], True)),
        (InvalidNeuronError, "beside it", lambda p, i, s: edits.add_neuron(p, Kind.INPUT, None, s, 4)),
        (UnknownNeuronError, "77", lambda p, i, s: edits.move(p, [77], 1, 1)),
        (UnknownNeuronError, "77", lambda p, i, s: edits.connect(p, [77], [i["h1"]], s)),
        (UnknownNeuronError, "no layer", lambda p, i, s: edits.resize_layer(p, 77, 1, s)),
        (UnknownNeuronError, "no edge", lambda p, i, s: edits.split_edge(p, (i["h1"], i["h2"]), s)),
        (ShapeError, "1 to 4,096", lambda p, i, s: edits.add_layer(p, Kind.HIDDEN, 5000, (0, 0), s)),
        (ShapeError, "1 to 4,096", lambda p, i, s: edits.resize_layer(p, 4, 0, s)),
        (NetworkError, "connect it first", lambda p, i, s: edits.draw_layer(p, 1, "normal")),
    ],
)
def test_what_is_not_possible_is_refused_in_a_sentence(
    kind: type[NetworkError], words: str, make: Callable[..., Edit]
) -> None:
    network = xor()
    assert network.layers[1].id == 4
    ids = {neuron.name: neuron.id for neuron in network.neurons}
    with pytest.raises(kind, match=words) as caught:
        make(project_of(network), ids, starts_of(network))
    assert str(caught.value).endswith(".")


# ---- what could not be saved is not drawn


def test_a_thousand_neurons_can_be_dropped_one_by_one_and_saved() -> None:
    project = project_of(Network())
    for number in range(1000):
        project = edits.add_neuron(
            project, Kind.HIDDEN, (100.0 * number, 0.0), starts_of(project.network)
        ).project
    assert len(project.network.layers) == 1000
    assert files.decode(files.encode(project)) == project


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p, id: edits.rename(p, id, "n" * 1001), "The name of a neuron"),
        (lambda p, id: edits.rename_layer(p, p.network.layers[0].id, "n" * 1001), "The name of a layer"),
        (lambda p, id: edits.move(p, [id], 1e8, 0.0), "places reach from"),
        (lambda p, id: edits.paste(p, p.network, at=(0.0, -1e8)), "places reach from"),
        (lambda p, id: edits.duplicate(p, [id], 1e8, 0.0), "places reach from"),
    ],
)
def test_no_edit_draws_what_could_not_be_saved(make: Callable[[Project, int], Edit], words: str) -> None:
    project = project_of(xor())
    with pytest.raises(limits.BeyondLimits, match=words):
        make(project, project.network.neurons[0].id)


def test_no_edit_draws_more_layers_than_can_be_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_LAYERS", 6)
    project = edits.duplicate(project_of(xor()), ids_of(xor(), "x1", "h1", "ŷ"), 9.0, 9.0).project
    assert files.decode(files.encode(project)) == project
    with pytest.raises(limits.BeyondLimits, match="7 layers"):
        edits.duplicate(project, ids_of(xor(), "h1"), 9.0, 9.0)


# ---- the clipboard


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_clipboard_gives_back_what_was_copied(seed: int) -> None:
    network = random_network(seed)
    rng = np.random.default_rng(seed)
    keys = [n.id for n in network.neurons if rng.random() < 0.5]
    keys = keys or [network.neurons[0].id]
    part = edits.fragment(network, keys)
    assert [n.id for n in part.neurons] == [n.id for n in network.neurons if n.id in keys]
    assert edits.from_text(edits.as_text(part, project_of(network))) == part
    pasted = edits.paste(project_of(network), part, at=(10.0, 20.0)).project.network
    names = [neuron.name for neuron in pasted.neurons]
    assert len(set(names)) == len(names)


def test_an_edge_brings_its_ends() -> None:
    network = xor()
    x1, h1 = ids_of(network, "x1", "h1")
    part = edits.fragment(network, [(x1, h1)])
    assert [n.name for n in part.neurons] == ["x1", "h1"]
    assert list(part.edge_of) == [(x1, h1)]


def test_the_clipboard_does_not_tell_where_a_table_is() -> None:
    network = xor()
    data = DataSettings("/home/somebody/secret.csv", targets=("salary",))
    text = edits.as_text(network, replace(project_of(network), data=data))
    assert "secret" not in text
    assert "salary" not in text
    assert edits.from_text(text) == network
    assert '"circle"' in edits.as_text(network, replace(project_of(network), data=DataSettings("circle")))


def test_what_cannot_be_copied_is_refused_in_words_of_its_own() -> None:
    network = xor()
    long = network.with_neurons([replace(network.neurons[0], name="n" * (limits.LONGEST_NAME + 1))])
    with pytest.raises(UserError, match=r"^Nothing was copied\. The name of a neuron"):
        edits.as_text(long, project_of(network))


@pytest.mark.parametrize("text", ["", "hello", "{}", "[1, 2]", '{"a": 1}', "x,y\n1,2", "\ud800"])
def test_other_text_is_no_drawing(text: str) -> None:
    assert edits.from_text(text) is None


def test_a_damaged_drawing_is_refused_in_a_sentence() -> None:
    network = xor()
    text = edits.as_text(network, project_of(network))
    for damaged in (
        text[:-9],
        text.replace('"tanh"', '"tanth"'),
        text.replace('"format": 1', '"format": 99'),
    ):
        assert damaged != text
        with pytest.raises(UserError, match="The clipboard"):
            edits.from_text(damaged)
