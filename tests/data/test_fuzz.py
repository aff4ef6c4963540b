"""Whatever a file holds, it is read or refused in a sentence: no other error comes out, and nothing hangs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backprop_gui.data import (
    DataError,
    Task,
    dataset_from_table,
    default_settings,
    divide,
    preview,
    read_table,
)

PIECES = [
    *(b",", b";", b"\t", b"|", b" ", b"\n", b"\r\n", b"\r", b'"', b"'", b".", b"-", b"e", b"_", b"\\", b"#"),
    *(b"0", b"1", b"2.5", b"2,5", b"1e9", b"1e999", b"nan", b"inf", b"NA", b"?", b"x", b"red", b"1_0"),
    *("é".encode(), "é".encode("cp1252"), "٣".encode(), "½".encode(), "\u2028".encode(), b"\x85", b"\x00"),
    *(b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\x0c", b"9" * 400),
]
GOOD = [
    b"a,b,species\n1.5,2,red\n3,4,blue\n5,6,red\n7,8,green\n",
    b"a;b;c\n1,5;2;3\n3;4,25;5\n6;7;8\n",
    b'"x y"\t"z"\n1\t2\n3\t4\n5\t6\n',
    b"1 2 3\n4 5 6\n7 8 9\n",
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Return a good table with some of its bytes replaced, removed or repeated."""
    data = bytearray(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        stop = draw(st.integers(start, min(len(data), start + 6)))
        data[start:stop] = draw(st.sampled_from(PIECES) | st.just(bytes(data[start:stop]) * 3))
    return bytes(data)


contents = st.binary(max_size=300) | st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join) | mutated()


@given(content=contents, task=st.sampled_from([None, *Task]), target=st.integers(0, 3))
@example(content=b'"', task=None, target=0)
@example(content=b'1,"\n', task=None, target=0)
@example(content="١,٢\n٣,٤\n".encode(), task=None, target=0)
def test_any_file_is_read_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, task: Task | None, target: int
) -> None:
    path = Path(tmp_path_factory.getbasetemp()) / "fuzz.csv"
    path.write_bytes(content)
    try:
        table = read_table(path)
        assert len(set(table.names)) == len(table.names)
        dataset = dataset_from_table(table, table.names[target : target + 1], task)
    except DataError as error:
        sentence = str(error)
        assert sentence.endswith((".", "?"))
        assert "\n" not in sentence
        assert len(sentence) < 400
        return
    assert task in (None, dataset.task)
    assert len(dataset.x) == len(dataset.t) == len(table.lines) >= 2
    prepared = divide(dataset, default_settings(str(path)))
    for array in (prepared.x_train, prepared.x_test, dataset.t, preview(dataset).points):
        assert np.isfinite(array).all()
