from __future__ import annotations

from pathlib import Path

from backprop_gui.bench import format_measures
from backprop_gui.data import prepare
from backprop_gui.project import trainer_of
from backprop_gui.ui.canvas.picture import picture_of
from backprop_gui.ui.large import pictures, thousand_neurons


def test_the_network_of_a_thousand_neurons_is_one_and_can_be_trained(tmp_path: Path) -> None:
    project = thousand_neurons(tmp_path)
    assert (len(project.network.neurons), len(project.network.edges)) == (1000, 5000)
    assert picture_of(project.network).shown.all()
    trainer = trainer_of(project, prepare(project.data))
    assert trainer.advance(3) == 3


def test_the_pictures_have_a_hundred_thousand_weights_in_two_bands(tmp_path: Path) -> None:
    project = pictures(tmp_path)
    assert project.network.shape == "784-128-10"
    assert len(project.network.edges) == 101_632
    assert len(picture_of(project.network).cells) == 2
    assert trainer_of(project, prepare(project.data)).advance(1) == 1


def test_measures_are_said_with_their_units() -> None:
    rows = [
        {"case": "784-128-10", "what": "edit: move a neuron", "value": 98.25, "unit": "ms"},
        {"case": "1,000 neurons", "what": "dragging 1", "value": 99.5, "unit": "%"},
    ]
    first, second = format_measures(rows).splitlines()
    assert first.endswith("98.2 ms")
    assert second.index("dragging") == first.index("edit")
