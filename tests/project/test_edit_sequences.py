"""Any sequence of edits, undos and redos against a plain model: the drawing is what it was, bit for bit."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from backprop_gui.data import DataSettings
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.network import Kind, Network, NetworkError
from backprop_gui.project import Project, edits
from backprop_gui.project.edits import Edit, Starts
from tests.strategies import random_network

PICKS = st.integers(0, 2**48 - 1)
ACTIVATIONS = ("relu", "tanh", "sigmoid")
INITIALIZERS = ("xavier-uniform", "he-normal", "constant", "zeros")
LARGEST = 40
"""Neurons; a drawing that has more only loses some."""


class Model:
    """The drawing as dictionaries; knows nothing of the program's own network."""

    def __init__(self) -> None:
        self.neurons: dict[int, dict[str, Any]] = {}
        self.edges: dict[tuple[int, int], dict[str, Any]] = {}
        self.layers: dict[int, str] = {}

    @staticmethod
    def of(network: Network) -> Model:
        model = Model()
        for layer in network.layers:
            model.layers[layer.id] = layer.name
        for neuron in network.neurons:
            model.neurons[neuron.id] = {
                name: getattr(neuron, name)
                for name in ("layer", "kind", "name", "activation", "bias", "frozen", "position")
            }
        for edge in network.edges:
            model.edges[edge.source, edge.target] = {"weight": edge.weight, "frozen": edge.frozen}
        return model

    def copy(self) -> Model:
        model = Model()
        model.neurons = {id: dict(neuron) for id, neuron in self.neurons.items()}
        model.edges = {ends: dict(edge) for ends, edge in self.edges.items()}
        model.layers = dict(self.layers)
        return model

    def bits(self) -> tuple[object, ...]:
        """Everything, to be compared bit for bit: 0.0 differs from -0.0. Only layers and edges have no order."""
        numbers = [
            part for neuron in self.neurons.values() for part in (*neuron["position"], neuron["bias"] or 0.0)
        ]
        numbers += [self.edges[ends]["weight"] for ends in sorted(self.edges)]
        return list(self.neurons.items()), self.edges, self.layers, array("d", numbers).tobytes()

    # ---- questions

    def leads_to(self, start: int, goal: int) -> bool:
        reached = {start}
        while goal not in reached:
            more = {t for s, t in self.edges if s in reached} - reached
            if not more:
                return False
            reached |= more
        return True

    def members(self, layer: int) -> list[int]:
        return [id for id, neuron in self.neurons.items() if neuron["layer"] == layer]

    # ---- changes

    def remove(self, keys: Iterable[object]) -> None:
        for key in keys:
            if isinstance(key, tuple):
                self.edges.pop(key, None)
            else:
                self.neurons.pop(key)  # type: ignore[call-overload]
                self.edges = {ends: edge for ends, edge in self.edges.items() if key not in ends}
        used = {neuron["layer"] for neuron in self.neurons.values()}
        self.layers = {id: name for id, name in self.layers.items() if id in used}

    def take_numbers(self, network: Network, new: Iterable[tuple[int, int]]) -> None:
        """Add edges of which only the ends are known beforehand; their weights are the edit's own choice."""
        for ends in new:
            assert ends not in self.edges
            edge = network.edge_of[ends]
            self.edges[ends] = {"weight": edge.weight, "frozen": False}

    def take_neurons(
        self, network: Network, ids: Iterable[int], kind: Kind, layer: int | None = None
    ) -> None:
        """Add neurons of which only the kind and the layer are known beforehand."""
        for id in ids:
            assert id not in self.neurons
            neuron = network.neuron_of[id]
            assert neuron.kind is kind
            assert neuron.layer == layer if layer is not None else neuron.layer not in self.layers
            added = Model.of(network).neurons[id]
            peers = self.members(neuron.layer)
            # A new one is drawn behind the last one of its layer, so that inputs and outputs keep their order.
            at = list(self.neurons).index(peers[-1]) + 1 if peers else len(self.neurons)
            items = list(self.neurons.items())
            self.neurons = dict([*items[:at], (id, added), *items[at:]])
        if layer is None:
            for id in ids:
                own = network.neuron_of[id].layer
                self.layers[own] = network.layer_of[own].name

    def take_positions(self, network: Network) -> None:
        for id, neuron in self.neurons.items():
            neuron["position"] = network.neuron_of[id].position


class Picks:
    """Choices out of one number, which hypothesis makes smaller."""

    def __init__(self, number: int) -> None:
        self._number = number

    def below(self, count: int) -> int:
        self._number, rest = divmod(self._number, count)
        return rest

    def one(self, things: Iterable[Any]) -> Any:
        listed = list(things)
        return listed[self.below(len(listed))]

    def some(self, things: Iterable[Any], most: int = 3) -> list[Any]:
        listed = list(things)
        return list(dict.fromkeys(self.one(listed) for _ in range(1 + self.below(most))))

    def number(self) -> float:
        return (self.below(2001) - 1000) / 37


class Sequences(RuleBasedStateMachine):
    """The undo stack is a list of whole projects, as the document's is; the model keeps copies of its own."""

    @initialize(seed=st.integers(0, 200))
    def begin(self, seed: int) -> None:
        network = random_network(seed) if seed else Network()
        self.project = Project(network, DataSettings(), TrainingSettings())
        self.model = Model.of(network)
        self.done: list[tuple[Project, Model]] = []
        self.undone: list[tuple[Project, Model]] = []
        self.failed = False

    # ---- how it is done

    @property
    def network(self) -> Network:
        return self.project.network

    def starts(self, picks: Picks) -> Starts:
        network = self.network

        def value(key: Any) -> float:
            number = network.edge_of[key].weight if isinstance(key, tuple) else network.neuron_of[key].bias
            assert number is not None, "only parameters have values"
            return number

        return Starts(picks.below(2) == 0, value)

    def apply(self, make: Callable[[], Edit], change: Callable[[Model, Edit], None]) -> None:
        self.failed = True
        before = self.project
        edit = make()
        assert edit.text
        assert "\n" not in edit.text
        model = self.model.copy()
        change(model, edit)
        self.done.append((before, self.model))
        self.undone.clear()
        self.project, self.model = edit.project, model
        fresh = (set(self.network.neuron_of) | set(self.network.layer_of)) - (
            set(before.network.neuron_of) | set(before.network.layer_of)
        )
        for key in edit.selected or ():
            assert key in self.network.neuron_of or key in self.network.edge_of
        for new, old in edit.inherits.items():
            assert new in self.network.neuron_of or new in self.network.edge_of
            assert old in before.network.neuron_of or old in before.network.edge_of
        assert all(id >= before.network.next_id for id in fresh)
        self.check()
        self.failed = False

    def compare(self) -> None:
        assert Model.of(self.network).bits() == self.model.bits()

    def check(self) -> None:
        network = self.network
        self.compare()
        # What the edit handed on is what a network finds out anew.
        anew = Network(network.neurons, network.edges, network.layers, network.next_id)
        assert anew == network
        assert (anew.edge_of, anew.ranks) == (network.edge_of, network.ranks)
        assert list(anew.edge_of) == list(network.edge_of)
        assert (anew.incoming, anew.outgoing) == (network.incoming, network.outgoing)
        assert (anew.members, anew.neuron_of) == (network.members, network.neuron_of)
        assert (anew.inputs, anew.outputs) == (network.inputs, network.outputs)

    @property
    def ids(self) -> list[int]:
        return list(self.model.neurons)

    # ---- undo

    @precondition(lambda self: self.done)
    @rule()
    def undo(self) -> None:
        self.undone.append((self.project, self.model))
        self.project, self.model = self.done.pop()
        self.compare()

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self) -> None:
        self.done.append((self.project, self.model))
        self.project, self.model = self.undone.pop()
        self.compare()

    # ---- adding

    @precondition(lambda self: len(self.model.neurons) < LARGEST)
    @rule(number=PICKS, kind=st.sampled_from(Kind), size=st.integers(0, 3))
    def add(self, number: int, kind: Kind, size: int) -> None:
        picks = Picks(number)
        starts, place = self.starts(picks), (picks.number(), picks.number())
        first = self.network.next_id + 1

        def change(model: Model, edit: Edit) -> None:
            ids = list(range(first, first + max(1, size)))
            assert edit.selected == frozenset(ids)
            model.take_neurons(edit.project.network, ids, kind)

        if size:
            self.apply(lambda: edits.add_layer(self.project, kind, size, place, starts), change)
        else:
            self.apply(lambda: edits.add_neuron(self.project, kind, place, starts), change)

    @precondition(lambda self: 0 < len(self.model.neurons) < LARGEST)
    @rule(number=PICKS)
    def join(self, number: int) -> None:
        picks = Picks(number)
        model, starts = self.model, self.starts(picks)
        peer = picks.one(self.ids)
        layer, kind = model.neurons[peer]["layer"], model.neurons[peer]["kind"]
        new = self.network.next_id

        def change(model: Model, edit: Edit) -> None:
            peers = [id for id in model.members(layer) if model.neurons[id]["kind"] is kind]
            sources = {s for s, t in model.edges if t in peers and s not in peers}
            targets = {t for s, t in model.edges if s in peers and t not in peers}
            targets = {t for t in targets if not any(model.leads_to(t, s) for s in sources)}
            model.take_neurons(edit.project.network, [new], kind, layer)
            model.take_numbers(
                edit.project.network, [*((s, new) for s in sources), *((new, t) for t in targets)]
            )

        self.apply(lambda: edits.add_neuron(self.project, kind, None, starts, layer), change)

    @precondition(lambda self: self.model.neurons)
    @rule(number=PICKS)
    def connect(self, number: int) -> None:
        picks = Picks(number)
        starts = self.starts(picks)
        sources, targets = picks.some(self.ids), picks.some(self.ids)
        new = {(s, t) for s in sources for t in targets if s != t} - self.model.edges.keys()
        trial = self.model.copy()
        trial.edges.update((ends, {}) for ends in new)
        cycle = any(trial.leads_to(t, s) for s, t in new)
        into_input = any(self.model.neurons[t]["kind"] is Kind.INPUT for t in targets)
        problem = edits.problem_with_connect(self.network, sources, targets)
        assert (problem is None) == bool(new and not cycle and not into_input), problem
        if problem is not None:
            with pytest.raises(type(problem)):
                edits.connect(self.project, sources, targets, starts)
            return
        self.apply(
            lambda: edits.connect(self.project, sources, targets, starts),
            lambda model, edit: model.take_numbers(edit.project.network, new),
        )

    @precondition(lambda self: self.model.edges and len(self.model.neurons) < LARGEST)
    @rule(number=PICKS, size=st.integers(1, 4))
    def insert(self, number: int, size: int) -> None:
        picks = Picks(number)
        starts = self.starts(picks)
        source, target = picks.one(self.model.edges)
        left, right = (self.model.neurons[id]["layer"] for id in (source, target))
        if left == right:
            with pytest.raises(NetworkError):
                edits.insert_layer(self.project, left, right, size, starts)
            return
        first = self.network.next_id + 1

        def change(model: Model, edit: Edit) -> None:
            ids = range(first, first + size)
            model.take_neurons(edit.project.network, ids, Kind.HIDDEN)
            old = [(s, t) for s, t in model.edges if s in before and t in after]
            removed = {ends: model.edges.pop(ends) for ends in old}
            model.take_numbers(
                edit.project.network,
                [*((s, id) for s in before for id in ids), *((id, t) for id in ids for t in after)],
            )
            for new, was in edit.inherits.items():
                model.edges[new] = removed.pop(was)  # type: ignore[index, arg-type]
            assert not (edit.inherits and removed)
            model.take_positions(edit.project.network)

        before = self.model.members(left)
        after = [id for id in self.model.members(right) if self.model.neurons[id]["kind"] is not Kind.INPUT]
        if any(self.model.leads_to(t, s) for t in after for s in before):
            with pytest.raises(NetworkError):
                edits.insert_layer(self.project, left, right, size, starts)
            return
        self.apply(lambda: edits.insert_layer(self.project, left, right, size, starts), change)

    @precondition(lambda self: self.model.edges and len(self.model.neurons) < LARGEST)
    @rule(number=PICKS)
    def split(self, number: int) -> None:
        picks = Picks(number)
        starts = self.starts(picks)
        source, target = picks.one(self.model.edges)

        def change(model: Model, edit: Edit) -> None:
            (new,) = edit.selected or ()
            assert isinstance(new, int)
            layer = edit.project.network.neuron_of[new].layer
            model.take_neurons(
                edit.project.network, [new], Kind.HIDDEN, layer if layer in model.layers else None
            )
            old = model.edges.pop((source, target))
            model.take_numbers(edit.project.network, [(source, new), (new, target)])
            if starts.keep:
                assert edit.inherits == {(new, target): (source, target)}
                assert model.edges[source, new]["weight"] == 1
                model.edges[new, target] = old

        self.apply(lambda: edits.split_edge(self.project, (source, target), starts), change)

    @precondition(lambda self: 0 < len(self.model.neurons) < LARGEST)
    @rule(number=PICKS, duplicate=st.booleans())
    def copy(self, number: int, duplicate: bool) -> None:
        picks = Picks(number)
        chosen = picks.some([*self.ids, *self.model.edges])
        by = (picks.number(), picks.number())

        def change(model: Model, edit: Edit) -> None:
            alone = {key for key in chosen if not isinstance(key, tuple)}
            pairs = {
                ends for ends in model.edges if ends in chosen or (ends[0] in alone and ends[1] in alone)
            }
            old = [id for id in model.neurons if id in alone or any(id in ends for ends in pairs)]
            network = edit.project.network
            new = [neuron.id for neuron in network.neurons if neuron.id in (edit.selected or ())]
            assert len(new) == len(old)
            twin = dict(zip(old, new, strict=True))
            names = {neuron["name"] for neuron in model.neurons.values()}
            for id in old:
                copied = dict(model.neurons[id], layer=network.neuron_of[twin[id]].layer)
                x, y = copied["position"]
                copied["position"] = (x + by[0], y + by[1])
                copied["name"] = network.neuron_of[twin[id]].name
                assert copied["name"] not in names
                names.add(copied["name"])
                model.neurons[twin[id]] = copied
                model.layers[copied["layer"]] = network.layer_of[copied["layer"]].name
            for s, t in pairs:
                model.edges[twin[s], twin[t]] = dict(model.edges[s, t])

        if duplicate:
            self.apply(lambda: edits.duplicate(self.project, chosen, *by), change)
            return
        text = edits.as_text(edits.fragment(self.network, chosen), self.project)
        part = edits.from_text(text)
        assert part is not None
        self.apply(lambda: edits.paste(self.project, part, by=by), change)

    # ---- changing and removing

    @precondition(lambda self: self.model.neurons)
    @rule(number=PICKS)
    def remove(self, number: int) -> None:
        keys = Picks(number).some([*self.ids, *self.model.edges])
        self.apply(lambda: edits.remove(self.project, keys), lambda model, edit: model.remove(
            sorted(keys, key=lambda key: isinstance(key, int))
        ))  # fmt: skip

    @precondition(lambda self: self.model.neurons)
    @rule(number=PICKS)
    def move(self, number: int) -> None:
        picks = Picks(number)
        ids, by = picks.some(self.ids), (picks.number(), picks.number())

        def change(model: Model, edit: Edit) -> None:
            for id in ids:
                x, y = model.neurons[id]["position"]
                model.neurons[id]["position"] = (x + by[0], y + by[1])

        self.apply(lambda: edits.move(self.project, ids, *by), change)

    @rule()
    def tidy(self) -> None:
        self.apply(
            lambda: edits.tidy(self.project), lambda model, edit: model.take_positions(edit.project.network)
        )

    @precondition(lambda self: self.model.neurons)
    @rule(number=PICKS, which=st.sampled_from(["name", "bias", "activation", "has bias", "frozen", "layer"]))
    def set_neuron(self, number: int, which: str) -> None:
        picks = Picks(number)
        ids = picks.some(self.ids)
        id, value, name = ids[0], picks.number(), f"n{picks.below(9)}"
        activation, on = picks.one(ACTIVATIONS), picks.below(2) == 0
        able = [id for id in ids if self.model.neurons[id]["kind"] is not Kind.INPUT]
        biased = [id for id in ids if self.model.neurons[id]["bias"] is not None]
        layer = self.model.neurons[id]["layer"]
        rows: dict[str, tuple[bool, Callable[[], Edit], Callable[[Model], None]]] = {
            "name": (
                True,
                lambda: edits.rename(self.project, id, f" {name}\n"),
                lambda model: model.neurons[id].update(name=name),
            ),
            "layer": (
                True,
                lambda: edits.rename_layer(self.project, layer, name),
                lambda model: model.layers.update({layer: name}),
            ),
            "bias": (
                id in able,
                lambda: edits.set_bias(self.project, id, value),
                lambda model: model.neurons[id].update(bias=value),
            ),
            "activation": (
                bool(able),
                lambda: edits.set_activation(self.project, ids, activation),
                lambda model: [model.neurons[id].update(activation=activation) for id in able] and None,
            ),
            "has bias": (
                bool(able),
                lambda: edits.set_has_bias(self.project, ids, on),
                lambda model: (
                    [
                        model.neurons[id].update(bias=0.0 if on else None, frozen=False)
                        for id in able
                        if (model.neurons[id]["bias"] is not None) is not on
                    ]
                    and None
                ),
            ),
            "frozen": (
                bool(biased),
                lambda: edits.set_frozen(self.project, ids, on),
                lambda model: [model.neurons[id].update(frozen=on) for id in biased] and None,
            ),
        }
        possible, make, change = rows[which]
        if not possible:
            with pytest.raises(NetworkError):
                make()
            return
        self.apply(make, lambda model, edit: change(model))

    @precondition(lambda self: self.model.edges)
    @rule(number=PICKS, freeze=st.booleans())
    def set_edge(self, number: int, freeze: bool) -> None:
        picks = Picks(number)
        chosen, value, on = picks.some(self.model.edges), picks.number(), picks.below(2) == 0
        if freeze:
            self.apply(
                lambda: edits.set_frozen(self.project, chosen, on),
                lambda model, edit: [model.edges[ends].update(frozen=on) for ends in chosen] and None,
            )
            return
        self.apply(
            lambda: edits.set_weight(self.project, chosen[0], value),
            lambda model, edit: model.edges[chosen[0]].update(weight=value),
        )

    @precondition(lambda self: 0 < len(self.model.neurons) < LARGEST)
    @rule(number=PICKS, size=st.integers(1, 5))
    def resize(self, number: int, size: int) -> None:
        picks = Picks(number)
        starts, layer = self.starts(picks), self.model.neurons[picks.one(self.ids)]["layer"]
        first = self.network.next_id

        def change(model: Model, edit: Edit) -> None:
            members = model.members(layer)
            new = list(range(first, first + size - len(members)))
            kind = model.neurons[members[-1]]["kind"]
            peers = [id for id in members if model.neurons[id]["kind"] is kind]
            sources = {s for s, t in model.edges if t in peers and s not in peers}
            targets = {t for s, t in model.edges if s in peers and t not in peers}
            targets = {t for t in targets if not any(model.leads_to(t, s) for s in sources)}
            model.remove(members[size:])
            model.take_neurons(edit.project.network, new, kind, layer)
            model.take_numbers(
                edit.project.network,
                [
                    *((s, id) for s in sources for id in new),
                    *((id, t) for id in new for t in targets),
                ],
            )
            for id in members[:size]:
                model.neurons[id]["position"] = edit.project.network.neuron_of[id].position

        self.apply(lambda: edits.resize_layer(self.project, layer, size, starts), change)

    @precondition(lambda self: self.model.neurons)
    @rule(number=PICKS, initializer=st.sampled_from(INITIALIZERS))
    def draw(self, number: int, initializer: str) -> None:
        layer = self.model.neurons[Picks(number).one(self.ids)]["layer"]
        members = self.model.members(layer)
        into = {ends for ends, edge in self.model.edges.items() if ends[1] in members and not edge["frozen"]}
        if not into:
            with pytest.raises(NetworkError):
                edits.draw_layer(self.project, layer, initializer)
            return

        def change(model: Model, edit: Edit) -> None:
            assert edit.touched == into
            for ends in into:
                model.edges[ends]["weight"] = edit.project.network.edge_of[ends].weight

        self.apply(lambda: edits.draw_layer(self.project, layer, initializer), change)

    def teardown(self) -> None:
        # Back to the beginning and forth to the end: every drawing is the one it was.
        if self.failed:
            return
        while self.done:
            self.undo()
        while self.undone:
            self.redo()


Sequences.TestCase.settings = settings(
    max_examples=1000,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestSequences = Sequences.TestCase
