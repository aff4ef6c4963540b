"""Settings as they are typed: ``--set training.learning_rate=0.1``."""

from __future__ import annotations

import difflib
import enum
import math
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from typing import Any, get_args, get_origin, get_type_hints

from backprop_gui.commands.command import UsageError
from backprop_gui.data import DataSettings
from backprop_gui.engine.settings import TrainingSettings

GROUPS: Mapping[str, type[Any]] = {"training": TrainingSettings, "data": DataSettings}
"""The parts of a project whose fields can be set."""

TRUTHS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}

Changes = dict[str, dict[str, Any]]
"""New values by group and field."""


def setting_names() -> list[str]:
    """Return everything that can be set, such as ``training.learning_rate``."""
    return [f"{group}.{field.name}" for group, settings in GROUPS.items() for field in fields(settings)]


def read_assignments(texts: Sequence[str]) -> Changes:
    """Read texts such as ``training.learning_rate=0.1``; of two that name the same setting the later one counts.

    Numbers may have a decimal comma and be fractions such as ``1/3``; several names are divided by commas.

    Raises
    ------
    UsageError
        If a text is no assignment, names nothing that can be set, or its value is of the wrong kind.
    """
    changes: Changes = {group: {} for group in GROUPS}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals:
            raise UsageError(
                f"“{text}” sets nothing: write a name, = and a value, such as training.learning_rate=0.1."
            )
        if name not in setting_names():
            raise UsageError(f"There is no setting “{name}”. {_offer(name)}")
        group, _, field = name.partition(".")
        changes[group][field] = _value(name, value.strip(), get_type_hints(GROUPS[group])[field])
    return changes


def _offer(name: str) -> str:
    names = setting_names()
    # Somebody who forgot the group is understood, and only then spelling is looked at.
    near = [full for full in names if full.partition(".")[2] == name]
    near = near or difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    short = {full.partition(".")[2]: full for full in reversed(names)}
    near = near or [short[match] for match in difflib.get_close_matches(name, short, n=1, cutoff=0.5)]
    return (
        f"Did you mean {' or '.join(f'“{match}”' for match in near)}?"
        if near
        else f"There are: {', '.join(names)}."
    )


def _value(name: str, text: str, kind: Any) -> Any:
    """Return ``text`` as a value of the annotated type ``kind``."""
    if isinstance(kind, types.UnionType):  # something or None
        wanted = [member for member in get_args(kind) if member is not type(None)]
        return None if text.lower() in ("", "none") else _value(name, text, wanted[0])
    if get_origin(kind) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if issubclass(kind, enum.Enum):
        return _member(name, text, kind)
    return _READERS[kind](name, text)


def _member(name: str, text: str, kind: type[enum.Enum]) -> enum.Enum:
    by_value = {str(member.value): member for member in kind}
    try:
        return by_value[text.lower()]
    except KeyError:
        near = difflib.get_close_matches(text.lower(), by_value, n=1, cutoff=0.5)
        offer = f"Did you mean “{near[0]}”?" if near else f"There are: {', '.join(by_value)}."
        raise UsageError(f"{name} cannot be “{text}”. {offer}") from None


def _text(name: str, text: str) -> str:
    return text


def _truth(name: str, text: str) -> bool:
    try:
        return TRUTHS[text.lower()]
    except KeyError:
        raise UsageError(f"{name} is on or off: “{text}” is neither.") from None


def _number(name: str, text: str) -> float:
    above, slash, below = text.partition("/")
    try:
        if not slash:
            return _decimal(text)
        value = float(Fraction(_decimal(above)) / Fraction(_decimal(below)))
    except (ValueError, ArithmeticError):
        raise UsageError(f"{name} must be a number such as 0.1, 0,1 or 1/10, not “{text}”.") from None
    return value


def _decimal(text: str) -> float:
    if "_" in text or ("," in text and ("." in text or text.count(",") > 1)):
        raise ValueError(text)
    return float(text.replace(",", "."))


def _whole(name: str, text: str) -> int:
    try:
        # 1,000 would be 1 with a decimal comma; what is meant is for the person to say.
        value = _decimal(text) if "," not in text else math.nan
    except ValueError:
        value = math.nan
    if not value.is_integer():
        raise UsageError(f"{name} must be a whole number such as 1000, not “{text}”.")
    return int(value)


_READERS: Mapping[Any, Callable[[str, str], Any]] = {str: _text, bool: _truth, float: _number, int: _whole}
