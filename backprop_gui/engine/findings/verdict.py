"""One sentence on the gradient flow, for beside its picture."""

from __future__ import annotations

from backprop_gui.engine.findings.rate import HIGH, LOW, USUAL
from backprop_gui.engine.findings.vanishing import EXPLODED, VANISHED, how_much
from backprop_gui.engine.findings.words import number
from backprop_gui.engine.flow import Flow, Measure

NOUNS = {Measure.DELTA: "deltas", Measure.GRADIENT: "gradients"}


def verdict(flow: Flow, measure: Measure) -> str:
    """Say in a sentence what a picture of the flow shows."""
    if measure is Measure.STEP:
        return _of_steps(flow)
    noun = NOUNS[measure]
    if any(layer.spread(measure).broken for layer in flow.layers):
        return f"Some {noun} are not finite."
    ends = flow.shrinkage(measure)
    if ends is None:
        still = [layer.name for layer in flow.layers if layer.hidden and layer.spread(measure).zeros == 1]
        if still:
            return f"All {noun} of {still[-1]} are 0: nothing is learned there."
        return f"With fewer than two hidden layers, {noun} have no way to vanish on."
    ratio = ends[2]
    sentence = how_much(*ends, noun)
    if ratio >= VANISHED:
        end = "they vanish"
    elif ratio * EXPLODED <= 1:
        end = "they explode"
    else:
        end = "they neither vanish nor explode"
    return f"{sentence[0].upper()}{sentence[1:]}: {end}."


def _of_steps(flow: Flow) -> str:
    spreads = [(layer.name, layer.spread(Measure.STEP)) for layer in flow.layers]
    medians = [(spread.median, name) for name, spread in spreads if spread.median > 0]
    if not medians:
        return "No weight moves in the next step."
    (low, first), (high, last) = min(medians), max(medians)
    where = f"{number(low, 2)} of the weight in {first}"
    if first != last:
        where += f", {number(high, 2)} in {last}"
    judged = "large" if high > HIGH else "small" if high < LOW else "usual"
    return f"The next step is {where}: {judged}, where about {number(USUAL, 1)} is the rule of thumb."


__all__ = ["verdict"]
