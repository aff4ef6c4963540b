"""From a table to a data set: which columns are the answer, and what kind of answer they are.

What a target means, unless a person says otherwise:

- One column of text is classes: `Task.BINARY` with two different texts, else `Task.CLASSES`.
- One column of numbers is classes too if it holds nothing but 0 and 1, or at most 20 different whole numbers of which
  each occurs three times on average.
- Anything else is a regression; several target columns always are.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backprop_gui.data.columns import Column, shorten
from backprop_gui.data.dataset import Array, Dataset, Task, one_hot
from backprop_gui.data.errors import DataError
from backprop_gui.data.rows import MAX_CELLS
from backprop_gui.data.table import Table, read_table
from backprop_gui.numerals import counted

MAX_INPUT_LABELS = 20
"""The most different texts of an input column that are turned into columns of 0 and 1."""
MAX_CLASSES = 200
"""The most classes that a network is asked to tell apart."""

_FEW_VALUES = 20
_EXAMPLES_A_VALUE = 3


def load_table(path: Path, targets: tuple[str, ...], task: Task | None) -> Dataset:
    """Read the data set in a CSV file; the last one read is kept until the file changes."""
    return _load_table(path, _version(path), targets, task)


def column_names(path: Path) -> tuple[str, ...]:
    """Return the names of all columns of a CSV file, any of which can be the target.

    Raises
    ------
    DataError
        If the file is not a table.
    """
    return _read_table(path, _version(path)).names


def _version(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return ()  # reading it words the error, and errors are not kept
    return status.st_mtime_ns, status.st_size, status.st_ino


@lru_cache(maxsize=1)  # moving the slider of the test share must not read the file again at every pixel
def _load_table(path: Path, version: tuple[int, ...], targets: tuple[str, ...], task: Task | None) -> Dataset:
    return dataset_from_table(_read_table(path, version), targets, task)


@lru_cache(maxsize=1)  # nor must the choice of another target
def _read_table(path: Path, version: tuple[int, ...]) -> Table:
    return read_table(path)


def dataset_from_table(table: Table, targets: Sequence[str] = (), task: Task | None = None) -> Dataset:
    """Return what is to be learned from ``table``.

    Parameters
    ----------
    table : Table
    targets : sequence of str
        The columns that are the answer; none means the last one. All others are inputs, and an input column of text
        becomes one column of 0 and 1 for each different text.
    task : Task | None
        What the target means; None decides by the rule above.

    Raises
    ------
    DataError
        If the table has a single row, a target is unknown, constant or does not fit the task, no input is left, or an
        input column of text has too many different texts.
    """
    if len(table.lines) < 2:
        raise DataError(f"{table.title} has a single row: give the network at least two examples.")
    chosen = [_named(table, name) for name in targets] or [table.columns[-1]]
    inputs = [column for column in table.columns if column not in set(chosen)]
    if not inputs:
        raise DataError(f"{table.title} has no column left for the inputs: it needs one beside the target.")
    for column in chosen:
        if _is_constant(column):
            value = column.labels[0] if column.labels else f"{column.values[0]:g}"
            raise DataError(
                f"The target column {shorten(column.name)} of {table.title} is {shorten(value)} in every row, so there "
                "is nothing to learn. Choose another target."
            )
    notes = list(table.notes)
    x, input_names = _inputs(table, inputs, notes)
    t, target_names, class_names, found = _target(table, chosen, task, notes)
    return Dataset(table.title, x, t, input_names, target_names, class_names, found, tuple(notes))


def inputs_from_table(table: Table, input_names: Sequence[str]) -> Array:
    """Return the columns of ``table`` that a network wants to see, shape (rows, inputs), not standardised.

    Columns are found by name, in any order and among others; a table without names must have as many columns as
    there are inputs, in their order. An input called "colour=red" is 1 where the column "colour" is "red".

    Raises
    ------
    DataError
        If an input is not in the table or is text.
    """
    if not table.has_header:
        if len(table.columns) != len(input_names):
            raise DataError(
                f"{table.title} has {len(table.columns)} columns without names, and the network has "
                f"{counted(len(input_names), 'input')}. Name the columns in the first line, or give exactly the inputs."
            )
        return np.column_stack([_numbers(column) for column in table.columns])
    return np.column_stack([_input(table, name, input_names) for name in input_names])


def _input(table: Table, name: str, input_names: Sequence[str]) -> Array:
    for column in table.columns:
        if column.name == name:
            return _numbers(column)
        if column.labels and name.startswith(f"{column.name}="):
            full_names = [_one_hot_name(column.name, label) for label in column.labels]
            strange = [code for code, full_name in enumerate(full_names) if full_name not in input_names]
            if strange:
                row = int(np.flatnonzero(np.isin(column.values, strange))[0])
                raise DataError(
                    f"Line {table.lines[row]}, column {shorten(column.name)}, holds "
                    f"{shorten(column.labels[int(column.values[row])])}, which the network has not learned from."
                )
            code = full_names.index(name) if name in full_names else -1
            indicator: Array = (column.values == code).astype(np.float64)
            return indicator
    raise DataError(
        f"{table.title} has no column for the network's input {shorten(name)}. Add one, or name it so."
    )


def _numbers(column: Column) -> Array:
    if column.labels:
        raise DataError(
            f"Column {shorten(column.name)} holds text such as {shorten(column.labels[0])} where numbers are needed."
        )
    return column.values


def _named(table: Table, name: str) -> Column:
    for column in table.columns:
        if column.name == name:
            return column
    near = difflib.get_close_matches(name, table.names, n=1, cutoff=0.5)
    offer = f"Did you mean {shorten(near[0])}?" if near else f"The last one is {shorten(table.names[-1])}."
    raise DataError(f"{table.title} has no column called {shorten(name)}. {offer}")


def _is_constant(column: Column) -> bool:
    return bool((column.values == column.values[0]).all())


def _one_hot_name(column: str, label: str) -> str:
    return f"{column}={label}"


def _inputs(table: Table, columns: Sequence[Column], notes: list[str]) -> tuple[Array, tuple[str, ...]]:
    """Return the input columns side by side with their names, and add to ``notes`` what is worth knowing."""
    width = sum(len(column.labels) or 1 for column in columns if len(column.labels) <= MAX_INPUT_LABELS)
    if width * len(table.lines) > MAX_CELLS:
        raise DataError(
            f"The text columns of {table.title} would become {width:,} inputs of {len(table.lines):,} rows, too many. "
            "Leave columns out, or take a part of the rows."
        )
    parts: list[Array] = []
    names: list[str] = []
    constant: list[str] = []
    for column in columns:
        if len(column.labels) > MAX_INPUT_LABELS:
            raise DataError(
                f"The input column {shorten(column.name)} of {table.title} has {len(column.labels):,} different texts "
                f"(such as {shorten(column.labels[0])}), and at most {MAX_INPUT_LABELS} can become inputs. "
                "Delete the column, or write numbers in it."
            )
        if _is_constant(column):
            constant.append(column.name)
        if not column.labels:
            parts.append(column.values)
            names.append(column.name)
            continue
        parts.extend((column.values == code).astype(np.float64) for code in range(len(column.labels)))
        names.extend(_one_hot_name(column.name, label) for label in column.labels)
        notes.append(
            f"The text column {shorten(column.name)} became {counted(len(column.labels), 'input')}, one for each text: "
            "1 where the row has it, 0 elsewhere."
        )
    if constant:
        listed = ", ".join(shorten(name) for name in constant[:5]) + (", …" if len(constant) > 5 else "")
        notes.append(f"The same value in every row teaches nothing: {listed}.")
    return np.column_stack(parts), tuple(names)


def _target(
    table: Table, columns: Sequence[Column], task: Task | None, notes: list[str]
) -> tuple[Array, tuple[str, ...], tuple[str, ...], Task]:
    """Return the targets, their names, the names of the classes and the task."""
    if len(columns) > 1 and task in (None, Task.REGRESSION):
        return np.column_stack([_numbers(column) for column in columns]), _names(columns), (), Task.REGRESSION
    if len(columns) > 1:
        raise DataError(
            f"{table.title} has {len(columns)} target columns, which can only be a regression. "
            "Choose one column that holds the classes."
        )
    (column,) = columns
    if task is Task.REGRESSION or (task is None and not column.labels and not _are_classes(column.values)):
        return _numbers(column)[:, None], _names(columns), (), Task.REGRESSION
    labels, names = _classes(table, column)
    found = task or (Task.BINARY if len(names) == 2 else Task.CLASSES)
    if task is None and not column.labels:
        notes.append(
            f"The target {shorten(column.name)} holds {len(names)} different whole numbers, which were taken for "
            "classes; choose regression if they are amounts."
        )
    if found is Task.BINARY:
        if len(names) != 2:
            raise DataError(
                f"The target column {shorten(column.name)} of {table.title} has {len(names)} different values, and a "
                "yes-or-no question has 2. Choose several classes instead."
            )
        return labels.astype(np.float64)[:, None], _names(columns), names, Task.BINARY
    return one_hot(labels, len(names)), names, names, Task.CLASSES


def _names(columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)


def _are_classes(values: Array) -> bool:
    """Tell whether the numbers of a target are names of classes by the rule at the head of this file."""
    different = np.unique(values)
    if np.array_equal(different, [0.0, 1.0]):
        return True
    few = len(different) <= min(_FEW_VALUES, len(values) / _EXAMPLES_A_VALUE)
    return bool(few and (different == np.round(different)).all())


def _classes(table: Table, column: Column) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Return each row's class and the names of the classes: texts in alphabetical order, numbers in ascending order."""
    if column.labels:
        labels, names = column.values.astype(np.intp), column.labels
    else:
        different, labels = np.unique(column.values, return_inverse=True)
        names = tuple(f"{value:.17g}" for value in different)
    if len(names) > MAX_CLASSES:
        raise DataError(
            f"The target column {shorten(column.name)} of {table.title} has {len(names):,} different values, and at "
            f"most {MAX_CLASSES} classes can be told apart. Choose another target."
        )
    return labels.reshape(-1), names
