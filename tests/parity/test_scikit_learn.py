"""Loss and gradient of scikit-learn's networks on the same weights, where it is installed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from backprop_gui.engine import LOSSES
from backprop_gui.engine.examples import Examples
from backprop_gui.engine.initializers import drawer
from backprop_gui.engine.passes import trace
from backprop_gui.engine.settings import TrainingSettings
from backprop_gui.engine.trainer import Trainer
from backprop_gui.network import dense
from tests.strategies import random_examples

networks = pytest.importorskip("sklearn.neural_network")

EPOCHS, RATE = 30, 0.05


@pytest.mark.parametrize("kind", ["regression", "two classes", "three classes"])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.filterwarnings("ignore:.*(Maximum iterations|warm_start)")
def test_training_leads_to_the_same_weights(kind: str, activation: str) -> None:
    outputs = {"regression": 2, "two classes": 1, "three classes": 3}[kind]
    loss = {
        "regression": "half-squared",
        "two classes": "binary-cross-entropy",
        "three classes": "cross-entropy",
    }[kind]
    network = dense(
        [3, 5, 4, outputs],
        activation=activation,
        output_activation="sigmoid" if kind == "two classes" else "identity",
        draw=drawer("xavier-normal", 4),
    )
    x, t = random_examples(network, 30, 0, classes=kind != "regression")
    settings = TrainingSettings(loss=loss, learning_rate=RATE, batch_size=0)
    trainer = Trainer(network, Examples(x, t, x[:0], t[:0]), settings)
    model = (networks.MLPRegressor if kind == "regression" else networks.MLPClassifier)(
        hidden_layer_sizes=(5, 4),
        activation=activation,
        solver="sgd",
        alpha=0.0,
        batch_size=30,
        learning_rate_init=RATE,
        momentum=0.0,
        nesterovs_momentum=False,
        shuffle=False,
        max_iter=1,
        tol=0.0,
        warm_start=True,
    )
    target = t if kind == "regression" else t.argmax(1) if outputs > 1 else t[:, 0]
    model.fit(x, target)  # makes the arrays; what it learnt is overwritten
    plan = trainer.plan
    layers = [network.members[layer.id] for layer in network.layers]
    for k, (left, right) in enumerate(pairwise(layers)):
        model.coefs_[k][...] = [[plan.start[plan.slot[a.id, b.id]] for b in right] for a in left]
        model.intercepts_[k][...] = [plan.start[plan.slot[b.id]] for b in right]
    for _ in range(EPOCHS):
        model.fit(x, target)
    trainer.advance(EPOCHS)
    for k, (left, right) in enumerate(pairwise(layers)):
        ours = [[trainer.theta[plan.slot[a.id, b.id]] for b in right] for a in left]
        np.testing.assert_allclose(model.coefs_[k], ours, rtol=0, atol=1e-10)
        np.testing.assert_allclose(
            model.intercepts_[k], [trainer.theta[plan.slot[b.id]] for b in right], atol=1e-10
        )
    if kind != "regression":
        ours = trainer.stepper.loss.predict(trainer_outputs(trainer, x))
        np.testing.assert_allclose(model.predict_proba(x)[:, -1], ours[-1], atol=1e-10)


def trainer_outputs(trainer: Trainer, x: np.ndarray) -> np.ndarray:
    network = trainer.plan.network
    t = np.zeros((len(x), len(network.outputs)))
    seen = trace(trainer.plan, trainer.theta, x, t, LOSSES["half-squared"])
    return seen.a[:, [trainer.plan.column[n.id] for n in network.outputs]].T
