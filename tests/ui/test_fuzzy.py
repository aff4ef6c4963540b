"""Finding by a few letters: what is meant comes first, and what is marked is what was typed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backprop_gui.ui.fuzzy import match


def best(query: str, *texts: str) -> str:
    found = {text: match(query, text) for text in texts}
    return max((text for text in texts if found[text]), key=lambda text: found[text].score)  # type: ignore[union-attr]


def test_letters_side_by_side_beat_letters_from_here_and_there() -> None:
    assert best("we", "Begin with Empty canvas", "New weights") == "New weights"
    assert best("step", "Set the speed up", "Step") == "Step"


def test_first_letters_find_a_name_of_several_words() -> None:
    assert best("cg", "Zoom in, changing", "Check gradient") == "Check gradient"
    found = match("cg", "Check gradient")
    assert found is not None
    assert found.places == (0, 6)


def test_words_come_in_any_order() -> None:
    assert match("loss panel", "Show the panel Loss") is not None
    assert match("loss panle", "Show the panel Loss") is None


def test_what_lacks_a_letter_is_not_found() -> None:
    assert match("xx", "XOR") is None
    assert match("rox", "XOR") is None


def test_nothing_typed_finds_everything() -> None:
    found = match("  ", "Undo")
    assert found is not None
    assert found.places == ()


@given(st.text(max_size=30), st.data())
def test_letters_taken_from_a_text_are_found_where_they_are(text: str, data: st.DataObject) -> None:
    places = data.draw(st.sets(st.integers(0, max(0, len(text) - 1)))) if text else set()
    word = "".join(text[place] for place in sorted(places))
    if not word or word.split() != [word]:
        return
    # Folding may turn one letter into two, or a letter into one that folds again: those are left out.
    if len(word.casefold()) != len(word) or any(len(letter.casefold()) != 1 for letter in text):
        return
    found = match(word, text)
    assert found is not None
    assert len(found.places) == len(word)
    assert [text[place].casefold() for place in found.places] == list(word.casefold())
    assert list(found.places) == sorted(set(found.places))
