"""Colour scales: straight lines in OKLab, so that equal steps of a number look like equal steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtGui import QColor

Floats = NDArray[np.float64]

# Björn Ottosson, "A perceptual color space for image processing" (2020).
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
SYMLOG_DECADES = 4.0
"""How far below the limit the symmetric logarithm still tells numbers apart, in powers of ten."""


def to_oklab(rgb: ArrayLike) -> Floats:
    """Return OKLab coordinates of (..., 3) sRGB colours from 0 to 255."""
    part = np.asarray(rgb, np.float64) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T


def from_oklab(lab: ArrayLike) -> NDArray[np.uint8]:
    """Return the nearest (..., 3) sRGB colours from 0 to 255."""
    linear = (np.asarray(lab, np.float64) @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T
    linear = np.clip(linear, 0, 1)
    part = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(part * 255).astype(np.uint8)


def rgb_of(color: QColor) -> tuple[int, int, int]:
    """Return red, green and blue from 0 to 255."""
    return color.red(), color.green(), color.blue()


def ramp(stops: list[QColor], count: int) -> NDArray[np.uint8]:
    """Return ``count`` colours, (count, 3), along evenly spaced ``stops``; the stops themselves are exact."""
    lab = to_oklab([rgb_of(stop) for stop in stops])
    at, places = np.linspace(0, len(stops) - 1, count), np.arange(len(stops))
    table = from_oklab(np.stack([np.interp(at, places, lab[:, channel]) for channel in range(3)], axis=1))
    table.setflags(write=False)
    return table


def scaled(values: ArrayLike, limit: float, symlog: bool = False) -> Floats:
    """Return ``values`` on a scale from -1 at ``-limit`` to 1 at ``limit``; NaN stays NaN.

    The symmetric logarithm is sign(v) ln(1 + |v|/c) / ln(1 + limit/c), with c = limit / 10^``SYMLOG_DECADES``.
    """
    array = np.asarray(values, np.float64)
    if not limit > 0 or not np.isfinite(limit):
        return np.where(np.isnan(array), np.nan, np.sign(array) * np.isinf(array))
    share = np.clip(array / limit, -1, 1)
    if not symlog:
        return share
    steps = 10.0**SYMLOG_DECADES
    return np.sign(share) * (np.log1p(np.abs(share) * steps) / np.log1p(steps))


def blended(front: QColor, back: QColor, share: float) -> QColor:
    """Return the opaque colour of ``front`` laid over ``back`` with the opacity ``share``, 0 to 1."""
    mixed = (round(b + (f - b) * share) for f, b in zip(rgb_of(front), rgb_of(back), strict=True))
    return QColor(*mixed)


def contrast(first: QColor, second: QColor) -> float:
    """Return the contrast ratio of WCAG 2, from 1 to 21."""
    bright, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> Any:
    part = np.array(rgb_of(color)) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


__all__ = ["blended", "contrast", "from_oklab", "ramp", "rgb_of", "scaled", "to_oklab"]
