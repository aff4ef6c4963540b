from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from backprop_gui import display

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere there is always a display"
)


def test_without_any_display_a_sentence_says_so() -> None:
    problem = display.display_problem({})
    assert problem == "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set."


@pytest.mark.parametrize("environ", [{"WAYLAND_DISPLAY": "wayland-0"}, {"QT_QPA_PLATFORM": "offscreen"}])
def test_other_ways_to_draw_are_left_to_qt(environ: dict[str, str]) -> None:
    assert display.display_problem(environ) is None


def test_a_display_that_does_not_answer_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        number = taken.getsockname()[1] - 6000
        problem = display.display_problem({"DISPLAY": f"127.0.0.1:{number}.0"})
    assert problem == f"The display 127.0.0.1:{number}.0 does not answer."


def test_a_display_that_answers_over_the_network_is_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1] - 6000
        assert display.display_problem({"DISPLAY": f"127.0.0.1:{number}"}) is None


def test_a_local_display_is_found_by_its_abstract_socket() -> None:
    number = 60_000 + hash(Path.cwd()) % 1000
    assert display.display_problem({"DISPLAY": f":{number}"}) is not None
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0/tmp/.X11-unix/X{number}")
        server.listen()
        assert display.display_problem({"DISPLAY": f":{number}.0"}) is None
