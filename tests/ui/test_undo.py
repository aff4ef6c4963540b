"""The undo stack against a plain model: what is done, what can be done again, and where everything is saved."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.ui.undo import Step, UndoStack


@dataclass
class Write:
    """Appends a letter to a page; steps with one key become one."""

    page: list[str]
    text: str
    key: str = ""
    letters: str = field(init=False)

    def __post_init__(self) -> None:
        self.letters = self.text

    def do(self) -> None:
        self.page.append(self.letters)

    def take_back(self) -> None:
        assert self.page.pop() == self.letters

    def absorb(self, later: Step) -> bool:
        if not self.key or not isinstance(later, Write) or later.key != self.key:
            return False
        self.page.pop()
        self.page[-1] += later.letters
        self.letters += later.letters
        return True


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("push"), st.sampled_from("abc"), st.sampled_from(["", "", "k", "l"])),
        st.sampled_from(["undo", "redo", "save", "unsaved", "clear"]).map(lambda name: (name, "", "")),
    ),
    max_size=60,
)


@given(actions=ACTIONS, limit=st.integers(1, 6))
def test_every_way_through_it_is_that_of_a_list_of_pages(
    actions: list[tuple[str, str, str]], limit: int
) -> None:
    page: list[str] = []
    news: list[None] = []
    stack = UndoStack(limit, lambda: news.append(None))
    # The model: every page that can be gone to, where we are in that list, and the page that is saved.
    pages: list[tuple[str, ...]] = [()]
    at, saved, keys = 0, 0, [""]
    for name, letter, key in actions:
        count = len(news)
        if name == "push":
            stack.push(Write(page, letter, key))
            if saved > at:
                saved = -1
            merged = at > 0 and key != "" and keys[at] == key and saved != at
            del pages[at + 1 :], keys[at + 1 :]
            if merged:
                pages[at] = (*pages[at][:-1], pages[at][-1] + letter)
            else:
                pages.append((*pages[at], letter))
                keys.append(key)
                at += 1
            if len(pages) > limit + 1:
                pages, keys, at = pages[1:], ["", *keys[2:]], at - 1
                saved = max(-1, saved - 1)
        elif name == "undo":
            stack.undo()
            at = max(0, at - 1)
        elif name == "redo":
            stack.redo()
            at = min(len(pages) - 1, at + 1)
        elif name == "save":
            stack.set_clean()
            saved = at
        elif name == "unsaved":
            stack.reset_clean()
            saved = -1
        else:
            stack.clear()
            pages, at, saved, keys = [tuple(page)], 0, 0, [""]
        assert tuple(page) == pages[at]
        assert (stack.index, stack.count) == (at, len(pages) - 1)
        assert (stack.can_undo, stack.can_redo) == (at > 0, at < len(pages) - 1)
        assert stack.is_clean == (saved == at)
        assert stack.clean_index == saved
        if name in ("push", "save", "unsaved", "clear"):
            assert len(news) > count


def test_a_step_that_fails_changes_nothing() -> None:
    class Fails:
        text = "fails"

        def do(self) -> None:
            raise RuntimeError

        def take_back(self) -> None: ...

        def absorb(self, later: Step) -> bool:
            return False

    page: list[str] = []
    stack = UndoStack(10, lambda: None)
    stack.push(Write(page, "a"))
    stack.push(Write(page, "b"))
    stack.undo()
    with pytest.raises(RuntimeError):
        stack.push(Fails())
    assert (stack.index, stack.count, stack.redo_text) == (1, 2, "b")
    assert stack.undo_text == "a"
