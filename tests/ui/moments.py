"""Networks and frames for tests of what is drawn, made without a trainer."""

from __future__ import annotations

import numpy as np

from backprop_gui.engine.frame import Beginning, Coming, Curve, Frame, Probe, Score
from backprop_gui.engine.initializers import drawer
from backprop_gui.engine.losses import LOSSES
from backprop_gui.engine.passes import trace
from backprop_gui.engine.plan import compile_network
from backprop_gui.network import Network, dense


def a_network(*sizes: int, activation: str = "tanh", seed: int = 3) -> Network:
    """Return a dense network with drawn weights."""
    return dense(sizes, activation=activation, draw=drawer("xavier-uniform", seed))


def a_frame(network: Network, theta: np.ndarray | None = None, *, seed: int = 1) -> Frame:
    """Return a moment of ``network`` with its starting weights, or with ``theta``, looking at one random example."""
    plan = compile_network(network)
    theta = plan.start if theta is None else theta
    random = np.random.default_rng(seed)
    x = random.normal(size=(1, len(network.inputs)))
    t = random.uniform(size=(1, len(network.outputs)))
    loss = next(iter(LOSSES.values()))
    seen = trace(plan, theta, x, t, loss)
    nothing = np.zeros(0)
    return Frame(
        plan=plan,
        loss=loss,
        step=0,
        epoch=0.0,
        theta=theta,
        train=Score(0.5),
        test=None,
        scored_at=0.0,
        penalty=0.0,
        curve=Curve(nothing, nothing, nothing, nothing, nothing),
        beginning=Beginning(0.0, 0.5),
        probe=Probe(),
        trace=seen,
        coming=Coming(np.zeros(1, int), seen.grad, seen.grad, 1.0, {}, 1, 0.5, -0.5 * seen.grad),
        batch=(0, 1),
    )
