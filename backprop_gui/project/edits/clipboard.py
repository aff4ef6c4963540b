"""Copying: the clipboard holds a part of a drawing as the text of a project file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from backprop_gui.data import DataSettings, is_file_path
from backprop_gui.errors import UserError
from backprop_gui.network import Key, Network, fragment
from backprop_gui.network.errors import NetworkError
from backprop_gui.network.fragments import with_fragment
from backprop_gui.network.layout import centre, extent, free_place
from backprop_gui.numerals import counted
from backprop_gui.project.edits.edit import Edit, all_of, check_edge_count, edited, several
from backprop_gui.project.files import LARGEST_FILE, decode, encode
from backprop_gui.project.project import Project


def paste(
    project: Project,
    part: Network,
    *,
    at: tuple[float, float] | None = None,
    by: tuple[float, float] = (0.0, 0.0),
    free: bool = False,
) -> Edit:
    """Put a fragment into the network: centred ``at`` a place, or shifted ``by`` (x, y) from where it was.

    With ``free`` it stands above or below ``at`` if there is something already. All of it gets new ids, layers of its
    own, and other names where one is taken.

    Raises
    ------
    NetworkError
        If the fragment is empty or there would be too many edges.
    """
    if not part.neurons:
        raise NetworkError("There is nothing to paste: copy neurons first.")
    network = project.network
    check_edge_count(len(network.edges) + len(part.edges))
    if at is not None:
        x, y = centre(part.neurons)
        if free:
            at = free_place(network, at, extent(part.neurons))
        by = (at[0] - x, at[1] - y)
    placed = with_fragment(network, part, by)
    ids = placed.id_of.values()
    return Edit(
        f"Paste {_few(placed.network, ids)}", edited(project, placed.network), selected=all_of(list(ids))
    )


def duplicate(project: Project, keys: Collection[Key], dx: float, dy: float) -> Edit:
    """Copy neurons and the edges among them to a place (dx, dy) away; the copies go on with the present values.

    Raises
    ------
    NetworkError
        If nothing is selected.
    """
    part = fragment(project.network, keys)
    check_edge_count(len(project.network.edges) + len(part.edges))
    placed = with_fragment(project.network, part, (dx, dy))
    new = placed.id_of
    inherits: dict[Key, Key] = {new[n.id]: n.id for n in part.neurons if n.bias is not None}
    inherits |= {(new[s], new[t]): (s, t) for s, t in part.edge_of}
    return Edit(
        f"Duplicate {several(project.network, new)}",
        edited(project, placed.network),
        selected=all_of(list(new.values())),
        inherits=inherits,
    )


def as_text(part: Network, project: Project) -> str:
    """Return a fragment as text: a project file with the settings of ``project``, and its data if all have them.

    Text goes anywhere: where a person keeps a table is nobody's business, and of no use elsewhere.

    Raises
    ------
    ProjectFileError
        If it could not be pasted.
    """
    data = DataSettings() if is_file_path(project.data.source) else project.data
    copied = replace(project, network=part, data=data, run=None, kept=())
    return encode(copied, failed="Nothing was copied.").decode()


def from_text(text: str) -> Network | None:
    """Return the network that ``text`` holds, or None if it is no project at all.

    Raises
    ------
    UserError
        If it is a project, but damaged, too large or of a newer version.
    """
    if not text.lstrip("\ufeff \t\r\n").startswith("{") or '"format"' not in text or '"network"' not in text:
        return None
    if len(text) > LARGEST_FILE:
        raise UserError(
            f"The clipboard holds more than {LARGEST_FILE // 2**20} MB: no drawing is that large."
        )
    # Half a character, which an editor may leave behind, has no bytes; it is complained about where it stands.
    return decode(text.encode(errors="replace"), "The clipboard").network


def _few(network: Network, ids: Collection[int]) -> str:
    return several(network, ids) if len(ids) == 1 else counted(len(ids), "neuron")


__all__ = ["as_text", "duplicate", "fragment", "from_text", "paste"]
