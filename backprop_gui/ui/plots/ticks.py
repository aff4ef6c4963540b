"""Where an axis begins and ends and which numbers stand on it. No Qt."""

from __future__ import annotations

import math

from backprop_gui.numerals import MINUS, SUPERSCRIPTS

GROWTH = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Where an axis that grows comes to rest: a step is at most half as long again, so the picture stays full."""
LOG_STEPS = (1, 2, 5)
SMALLEST_SPAN = 1e-290
"""Below this, steps would be lost to underflow."""


def resting_limit(value: float) -> float:
    """Return the smallest resting place that is not below ``value``, so that an axis moves seldom; at least 1."""
    if value <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in GROWTH if step * power >= value * (1 - 1e-12))


def nice_step(span: float, most: int) -> float:
    """Return the step of 1, 2 or 5 times a power of ten with which at most ``most`` ticks fit into ``span``."""
    rough = span / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough * (1 - 1e-9))


def linear_ticks(low: float, high: float, most: int) -> list[float]:
    """Return round numbers from ``low`` to ``high``, at most about ``most`` of them."""
    step = nice_step(high - low, most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    # Adding 0.0 makes of -0.0 a plain 0.
    return [index * step + 0.0 for index in range(first, last + 1)]


def linear_limits(low: float, high: float) -> tuple[float, float]:
    """Return a range with round ends around ``low``, ``high`` and 0."""
    low, high = min(0.0, low), max(0.0, high)
    if high - low < SMALLEST_SPAN:
        return low, low + 1.0
    step = nice_step(high - low, 5)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def log_limits(low: float, high: float) -> tuple[float, float]:
    """Return the range of 1, 2 or 5 times powers of ten around ``low`` and ``high``, both above 0."""
    below, above = _log_floor(low), _log_ceiling(high)
    if above <= below * 2.5:
        # A flat curve stands in the middle rather than on an edge.
        below, above = _log_floor(below / 1.5), _log_ceiling(above * 1.5)
    return below, above


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return 1, 2 and 5 times powers of ten between two positive numbers; fewer where those are too many."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for steps in (LOG_STEPS, (1, 3), (1,)):
        ticks = [
            step * 10.0**power
            for power in range(max(first, -307), min(last, 307) + 1)
            for step in steps
            if low * (1 - 1e-9) <= step * 10.0**power <= high * (1 + 1e-9)
        ]
        if len(ticks) <= most:
            return ticks
    # The powers of ten left over are thinned to those that a round number of decades divides.
    stride = math.ceil(len(ticks) / max(1, most))
    return [tick for tick in ticks if round(math.log10(tick)) % stride == 0]


def tick_label(value: float, step: float = 0.0) -> str:
    """Return ``value`` as short as its tick ``step`` allows; without one, as short as it is."""
    if value == 0:
        return "0"
    size = abs(value)
    if not 1e-4 <= max(size, step) < 1e6:
        mantissa, exponent = f"{size:.2e}".split("e")
        short = mantissa.rstrip("0").rstrip(".")
        text = ("" if short == "1" else f"{short}·") + "10" + str(int(exponent)).translate(SUPERSCRIPTS)
    elif step:
        text = f"{size:,.{max(0, -math.floor(math.log10(step) + 1e-9))}f}"
    else:
        text = f"{size:,.6f}".rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if value < 0 else text


def _log_floor(value: float) -> float:
    """Return the nearest of 1, 2 or 5 times a power of ten that is not above ``value``."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(step * power for step in LOG_STEPS if step * power <= value * (1 + 1e-9))


def _log_ceiling(value: float) -> float:
    """Return the nearest of 1, 2 or 5 times a power of ten that is not below ``value``."""
    power = 10.0 ** math.floor(math.log10(value))
    return min(step * power for step in (*LOG_STEPS, 10) if step * power >= value * (1 - 1e-9))


__all__ = [
    "linear_limits",
    "linear_ticks",
    "log_limits",
    "log_ticks",
    "nice_step",
    "resting_limit",
    "tick_label",
]
