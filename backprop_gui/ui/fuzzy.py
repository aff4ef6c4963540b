"""Finding by a few letters: which of many texts somebody means, and which of their letters say so."""

from __future__ import annotations

from dataclasses import dataclass

WORD_START, FOLLOWS, PLAIN = 8.0, 10.0, 1.0
"""Worth of a letter that begins a word, follows the one found before it, or neither."""
GAP, LARGEST_GAP = 0.3, 3.0
"""What each letter passed over costs, and the most that a gap costs."""


@dataclass(frozen=True, slots=True)
class Match:
    """How well letters were found, and where, ascending."""

    score: float
    places: tuple[int, ...]


def match(query: str, text: str) -> Match | None:
    """Find every word of ``query`` in ``text``, its letters in order but not necessarily side by side.

    The words may come in any order. The places are those with the highest score: letters that begin words or follow
    each other are worth more than letters picked from here and there. None if a word is not there at all.
    """
    score, places = 0.0, set[int]()
    for word in query.split():
        found = _word(word.casefold(), text)
        if found is None:
            return None
        score += found.score
        places |= set(found.places)
    return Match(score, tuple(sorted(places)))


def _word(word: str, text: str) -> Match | None:
    # A letter that becomes two when its case is folded must not shift the places of those behind it.
    letters = [letter.casefold()[:1] for letter in text]
    worth = [
        WORD_START if not text[place - 1 : place].isalnum() else PLAIN for place, _ in enumerate(letters)
    ]
    # best[place]: score and way of the letters so far when the last of them is at that place.
    best: dict[int, tuple[float, tuple[int, ...]]] = {
        place: (worth[place] - min(LARGEST_GAP, GAP * place), (place,))
        for place, letter in enumerate(letters)
        if letter == word[0]
    }
    for wanted in word[1:]:
        further: dict[int, tuple[float, tuple[int, ...]]] = {}
        for place, letter in enumerate(letters):
            if letter != wanted:
                continue
            ways = [
                (score + _step(before, place, worth[place]), (*way, place))
                for before, (score, way) in best.items()
                if before < place
            ]
            if ways:
                further[place] = max(ways)
        best = further
    if not best:
        return None
    return Match(*max(best.values()))


def _step(before: int, place: int, worth: float) -> float:
    gap = place - before - 1
    return max(worth, FOLLOWS) if gap == 0 else worth - min(LARGEST_GAP, GAP * gap)


__all__ = ["Match", "match"]
