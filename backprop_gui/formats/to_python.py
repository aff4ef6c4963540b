"""Python: one readable file with the weights in it, which needs nothing but NumPy and proves itself.

``predict(x)`` takes one example or many, raw inputs on the last axis. Run as a script, the file computes the outputs of
the examples that it carries, prints the largest difference from those of this program, and exits with 1 if it is larger
than rounding explains.
"""

from __future__ import annotations

import keyword
import runpy
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from backprop_gui.engine.activations import ACTIVATIONS
from backprop_gui.engine.arrays import Array
from backprop_gui.formats.calculation import Calculation, Indices, Part
from backprop_gui.formats.export import allowed_difference, expected_outputs
from backprop_gui.formats.format import FLOAT64, Check, Format, register
from backprop_gui.formats.model import Model

WIDTH = 100
LONGEST_START = 20
LONGEST_NAME = 40
MOST_NAMES = 12

HEAD = '''\
"""A trained neural network, exported from Backprop Lab. It needs Python and NumPy, nothing else.

From Python, predict() takes raw inputs, one example or many:

    predict({one})   gives one row of outputs
    predict({many})   gives a row of outputs for each example

Run as a script, it proves on the examples at its end that it computes what Backprop Lab computed.
"""

import sys

import numpy as np
'''

FOOT = '''\
def main():
    """Compare the outputs with those of Backprop Lab; return 0 if only rounding differs."""
    difference = float(np.abs(predict(EXAMPLES) - EXPECTED).max())
    print(f"{len(EXAMPLES)} examples, largest difference {difference:.3g}, allowed {ALLOWED:g}")
    return 0 if difference <= ALLOWED else 1


if __name__ == "__main__":
    sys.exit(main())
'''


def write(model: Model, path: Path) -> None:
    """Write a Python file."""
    calculation = model.calculation
    zeros = ["0.0"] * len(model.mean)
    one = f"[{', '.join([*zeros[:3], '...'] if len(zeros) > 3 else zeros)}]"
    sections = [
        HEAD.format(one=one, many=f"[{one}, {one}]"),
        _words(model),
        *(_rank(model, k) for k in range(1, len(calculation.ranks) + 1)),
        # Two blank lines around each function, as everybody expects.
        *("\n" + function for function in _functions(calculation)),
        "\n" + _predict(model),
        _examples(model),
        "\n" + FOOT,
    ]
    path.write_text("\n".join(sections), encoding="utf-8", newline="\n")


def verify(path: Path, x: Array) -> Check:
    """Run the file and answer for raw inputs through its ``predict``."""
    y = runpy.run_path(str(path), run_name="exported")["predict"](x)
    return Check(y, f"Python {sys.version_info.major}.{sys.version_info.minor} with NumPy {np.__version__}")


# ---- parts of the file


def _words(model: Model) -> str:
    lines = [
        f"TITLE = {_string(model.title)}",
        f"INPUTS = {_wrapped(map(_string, model.input_names), '(', ')')}",
        f"OUTPUTS = {_wrapped(map(_string, model.output_names), '(', ')')}",
    ]
    if model.class_names:
        lines.append(f"CLASSES = {_wrapped(map(_string, model.class_names), '(', ')')}")
    lines += [
        "",
        "# The network sees (x - MEAN) / SCALE.",
        f"MEAN = np.array({_wrapped(_floats(model.mean), '[', ']')})",
        f"SCALE = np.array({_wrapped(_floats(model.scale), '[', ']')})",
        "",
        "# W holds a row for each neuron and a column for each value that it reads; an edge",
        "# that is not drawn is 0. B holds the biases; a bias that is not there is 0.",
    ]
    return "\n".join(lines) + "\n"


def _rank(model: Model, k: int) -> str:
    calculation = model.calculation
    rank = calculation.ranks[k - 1]
    start = len(model.mean) + sum(len(other.bias) for other in calculation.ranks[: k - 1])
    names = [model.neuron_names[source] for source in rank.sources]
    lines = [f"# Columns: {_listed(names)}", f"W{k} = np.array(", "    ["]
    for name, row in zip(model.neuron_names[start:], rank.weights, strict=False):
        numbers = _wrapped(_floats(row), "[", "]", 8)
        lines += [f"        # {_comment(name)}", f"        {numbers},"]
    lines += ["    ]", ")", f"B{k} = np.array({_wrapped(_floats(rank.bias), '[', ']')})"]
    return "\n".join(lines) + "\n"


def _functions(calculation: Calculation) -> list[str]:
    ranks = [calculation.ranks[k - 1] for k in sorted(_needed(calculation) - {0})]
    used = dict.fromkeys(name for rank in ranks for name in rank.activations)
    return [
        f'def {_identifier(entry.name)}(z):\n    """Activation: {entry.label}."""\n    return {entry.numpy}\n'
        for entry in map(ACTIVATIONS.__getitem__, used)
    ]


def _predict(model: Model) -> str:
    calculation, inputs = model.calculation, len(model.mean)
    lines = [
        "def predict(x):",
        f'    """Return the outputs for raw inputs x: {inputs} numbers, or rows of {inputs} numbers."""',
        "    x = np.asarray(x, dtype=float)",
        "    if x.shape[-1:] != (len(INPUTS),):",
        '        raise ValueError(f"x must have {len(INPUTS)} numbers a row, not the shape {x.shape}")',
        '    with np.errstate(over="ignore"):',
        "        a0 = (x - MEAN) / SCALE",
    ]
    needed = _needed(calculation)
    for k, rank in enumerate(calculation.ranks, start=1):
        if k not in needed:
            lines.append(f"        # W{k} and B{k} lead to no output: nothing to compute.")
            continue
        z = f"{_chosen(calculation, rank.sources)} @ W{k}.T + B{k}"
        if len(rank.groups) == 1:
            lines.append(f"        a{k} = {_identifier(rank.activations[0])}({z})")
            continue
        lines.append(f"        z{k} = {z}")
        parts = [
            f"{_identifier(name)}(z{k}[..., {members.start}:{members.stop}])" for name, members in rank.groups
        ]
        lines.append(f"        a{k} = {_joined(parts)}")
    lines.append(f"        a = {_chosen(calculation, calculation.outputs)}")
    lines.append(f"        return {model.loss.numpy}")
    return "\n".join(lines) + "\n"


def _needed(calculation: Calculation) -> set[int]:
    """Return the ranks that outputs are computed from; a drawing may hold neurons that lead nowhere."""
    needed = {part.rank for part in calculation.parts(calculation.outputs)}
    for k in range(len(calculation.ranks), 0, -1):
        if k in needed:
            needed |= {part.rank for part in calculation.parts(calculation.ranks[k - 1].sources)}
    return needed


def _examples(model: Model) -> str:
    # Printed with two digits, it must not become smaller.
    allowed = 1.05 * float(allowed_difference(model, FLOAT64).max())
    return (
        f"\nEXAMPLES = {_matrix(model.examples)}\n"
        f"EXPECTED = {_matrix(expected_outputs(model))}\n"
        f"ALLOWED = {allowed:.1e}\n"
    )


def _chosen(calculation: Calculation, values: Indices) -> str:
    return _joined([_part(part) for part in calculation.parts(values)])


def _part(part: Part) -> str:
    return f"a{part.rank}" if part.places is None else f"a{part.rank}[..., {list(part.places)}]"


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"np.concatenate([{', '.join(parts)}], axis=-1)"


# ---- spelling


def _identifier(name: str) -> str:
    """Return a function name for an activation."""
    word = "".join(char if char.isalnum() else "_" for char in name)
    return f"{word}_" if keyword.iskeyword(word) or word in ("np", "sys", "predict", "main") else word


def _string(text: str) -> str:
    """Return a literal for any text, between double quotes where that is simple."""
    literal = repr(text)
    return literal if '"' in literal else f'"{literal[1:-1]}"'


def _comment(text: str) -> str:
    """Return ``text`` such that it cannot end a comment, nor run on for ever."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split()) or "(no name)"
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 1]}…"


def _listed(names: list[str]) -> str:
    shown = ", ".join(map(_comment, names[:MOST_NAMES])) or "none"
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"


def _floats(values: Array) -> list[str]:
    return list(map(repr, values.tolist()))


def _matrix(rows: Array) -> str:
    lines = [f"        {_wrapped(_floats(row), '[', ']', 8)}," for row in rows]
    return "np.array(\n    [\n" + "\n".join(lines) + "\n    ]\n)"


def _wrapped(items: Iterable[str], opening: str, closing: str, indent: int = 0) -> str:
    """Return a list or tuple of literals, broken into lines where one would be too long.

    With an ``indent`` it stands on a line of its own, else after the beginning of an assignment.
    """
    items = list(items)
    alone = "," if opening == "(" and len(items) == 1 else ""
    one_line = ", ".join(items) + alone
    if (indent or LONGEST_START) + len(one_line) + 3 <= WIDTH:
        return opening + one_line + closing
    space = " " * (indent + 4)
    lines: list[str] = []
    line = space
    for item in items:
        if line != space and len(line) + len(item) + 1 > WIDTH:
            lines.append(line.rstrip())
            line = space
        line += f"{item}, "
    return "\n".join([opening, *lines, line.rstrip(), " " * indent + closing])


register(
    Format(
        "python",
        "Python script",
        (".py",),
        "One readable file that needs only NumPy, and proves itself when it is run.",
        write,
        verify,
    )
)
