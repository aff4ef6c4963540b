from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backprop_gui.network import Kind, Network
from backprop_gui.ui.canvas.picture import CURVED, RADIUS, READABLE, picture_of
from backprop_gui.ui.canvas.routes import CLEARANCE, nearest
from tests.ui.moments import a_network


def test_a_small_network_is_drawn_where_it_stands() -> None:
    network = a_network(2, 4, 1)
    picture = picture_of(network)
    assert picture.shown.all()
    assert not picture.cells
    np.testing.assert_array_equal(picture.position, [n.position for n in network.neurons])
    assert len(picture.single) == len(network.edges)
    assert picture.points.shape[1] > 2


def test_an_empty_network_has_a_picture_too() -> None:
    picture = picture_of(Network())
    assert len(picture.points) == 0
    assert all(np.isfinite(picture.bounds))


def test_edges_begin_and_end_at_the_rims_of_their_neurons() -> None:
    picture = picture_of(a_network(2, 4, 1))
    for place, edge in enumerate(picture.single):
        for end, neuron in ((0, picture.source[edge]), (-1, picture.target[edge])):
            away = np.hypot(*(picture.points[place, end] - picture.position[neuron]))
            assert away == pytest.approx(picture.radius[neuron])


def test_a_skip_connection_goes_around_the_neurons_between() -> None:
    network = a_network(1, 3, 1)
    straight = network.connect(network.inputs[0].id, network.outputs[0].id, 1.0)
    picture = picture_of(straight)
    way = picture.points[-1]
    for neuron in straight.neurons:
        if neuron.kind is Kind.HIDDEN:
            index = picture.index[neuron.id]
            away = np.hypot(*(way - picture.position[index]).T) - picture.radius[index]
            assert away.min() > CLEARANCE * 0.8
    # What is in nobody's way stays as it was.
    np.testing.assert_array_equal(picture.points[:-1], picture_of(network).points)


def test_neurons_of_a_crowded_layer_do_not_touch() -> None:
    picture = picture_of(a_network(1, 32, 1))
    crowd = np.sort(picture.position[1:33, 1])
    assert (np.diff(crowd) > 2 * picture.radius[1:33].max()).all()
    assert picture.radius[0] == RADIUS


@pytest.mark.parametrize("apart", [0.0, 3.0])
def test_one_close_pair_leaves_the_rest_of_its_layer_as_it_is(apart: float) -> None:
    network = a_network(2, 4, 1)
    first, second, *_ = network.members[network.layers[1].id]
    x, y = first.position
    network = network.with_neurons([replace(second, position=(x, y + apart))])
    picture = picture_of(network)
    radius = [picture.radius[picture.index[n.id]] for n in network.members[network.layers[1].id]]
    assert radius == [READABLE, READABLE, RADIUS, RADIUS]


def test_a_layer_of_more_than_32_becomes_a_heat_map_row_by_row() -> None:
    network = a_network(64, 33, 32, 10)
    picture = picture_of(network)
    assert [(c.rows, c.columns, len(c.neurons)) for c in picture.cells] == [(8, 8, 64), (6, 6, 33)]
    grid = picture.position[picture.cells[0].neurons].reshape(8, 8, 2)
    assert (np.diff(grid[..., 0], axis=1) > 0).all()
    assert (np.diff(grid[..., 1], axis=0) > 0).all()
    np.testing.assert_allclose(grid[:, 0, 0], grid[0, 0, 0])
    assert picture.shown.sum() == 42


def test_nothing_overlaps_a_heat_map() -> None:
    picture = picture_of(a_network(8, 784, 100, 8))
    right = -np.inf
    for neurons in (range(8), range(8, 792), range(792, 892), range(892, 900)):
        x, half = picture.position[list(neurons), 0], 15
        assert x.min() - half > right
        right = x.max() + half


def test_every_edge_is_drawn_once_either_alone_or_in_a_strand() -> None:
    network = a_network(64, 64, 32, 10)
    picture = picture_of(network)
    strands = picture.strands
    alone = np.zeros(len(network.edges), bool)
    alone[picture.single] = True
    np.testing.assert_array_equal(alone, strands.strand_of < 0)
    assert alone.sum() == 320
    # One band between the two heat maps, and one strand to each of the 32 neurons.
    assert strands.band.sum() == 1
    np.testing.assert_array_equal(np.sort(strands.size), [64] * 32 + [4096])
    np.testing.assert_array_equal(np.bincount(strands.strand_of[~alone]), strands.size)
    assert len(set(strands.bundle.tolist())) == 2


def test_an_opened_layer_is_drawn_neuron_by_neuron_with_straight_edges() -> None:
    network = a_network(64, 64, 32, 10)
    picture = picture_of(network, [layer.id for layer in network.layers])
    assert picture.shown.all()
    assert len(picture.single) == len(network.edges) > CURVED
    assert picture.points.shape[1] == 2, "straight lines"


def test_a_huge_layer_stays_a_heat_map() -> None:
    network = a_network(300, 2)
    assert len(picture_of(network, [network.layers[0].id]).cells) == 1


def test_the_nearest_edge_is_found_between_its_points() -> None:
    ways = np.array([[[0, 0], [10, 0], [20, 0]], [[0, 5], [10, 5], [20, 9]]], float)
    assert nearest(ways, 4, 1) == (0, 1)
    edge, distance = nearest(ways, 15, 8)
    assert edge == 1
    assert distance == pytest.approx(1 / np.hypot(1, 0.4))
    assert nearest(ways[:0], 0, 0) == (-1, np.inf)
