"""Projects to test with, and what it means that two are the same."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from backprop_gui.data import default_settings, load, prepare
from backprop_gui.engine.run import Run
from backprop_gui.project import Project, project_for, trainer_of


def small_project(source: str = "circle", **training: object) -> Project:
    """Return a 3-5 network on a few examples, with batches that do not divide them."""
    data = replace(default_settings(source), examples=40)
    dataset = load(data)
    project = project_for(dataset, data, (5, 4), name=source)
    return replace(project, training=replace(project.training, batch_size=9, **training))  # type: ignore[arg-type]


def trained(project: Project, updates: int) -> Project:
    """Return ``project`` with the run that stands after so many updates."""
    trainer = trainer_of(project, prepare(project.data))
    trainer.advance(updates)
    return replace(project, run=trainer.run())


def assert_same_run(one: Run | None, other: Run | None) -> None:
    """Compare two runs bit by bit."""
    assert (one is None) == (other is None)
    if one is None or other is None:
        return
    assert (one.step, one.epoch, one.position, one.memory_count) == (
        other.step,
        other.epoch,
        other.position,
        other.memory_count,
    )
    assert one.parameters.astype(float).tobytes() == other.parameters.astype(float).tobytes()
    assert list(one.memory) == list(other.memory)
    for name in one.memory:
        assert one.memory[name].astype(float).tobytes() == other.memory[name].astype(float).tobytes(), name
    assert (one.curve is None) == (other.curve is None)
    if one.curve is not None and other.curve is not None:
        for field in fields(one.curve):
            assert np.array_equal(
                getattr(one.curve, field.name), getattr(other.curve, field.name), equal_nan=True
            )
    assert one.beginning == other.beginning
    assert (one.best is None) == (other.best is None)
    if one.best is not None and other.best is not None:
        assert (one.best.loss, one.best.epoch) == (other.best.loss, other.best.epoch)
        assert one.best.parameters.astype(float).tobytes() == other.best.parameters.astype(float).tobytes()


def assert_same(one: Project, other: Project) -> None:
    """Compare two projects bit by bit."""
    assert replace(one, run=None) == replace(other, run=None)
    assert_same_run(one.run, other.run)
