"""Templates: the projects that come with the program, one file each in resources/templates.

A template is an ordinary project file with one part more, ``template``, which says what people call it, what it
shows, where it stands in the gallery (``order``) and for how many epochs the command line trains it unless told
otherwise. It has no run: it begins at the drawn starting weights, so that its training can be repeated bit for bit.
Opening one and saving it elsewhere makes a project of one's own. A new one needs no more than its file, made with

    backprop-gui new resources/templates/NAME.backprop --layers 4-8-3 --data iris --set training.optimizer=adam

and the part ``template`` written into it.

What the ones on real data reach on their test part, trained for as long as they say, with their own seed and with 20
others: iris 97.8 % in 100 epochs (95.6 to 97.8), digits 97.4 % in 30 (96.3 to 97.6), wine 98.1 % in 60 (94.3 to 98.1),
and breast cancer 97.7 % when it stops early, after 34. Of iris the division matters more: 20 others, 93.3 to 100 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from backprop_gui.paths import resource
from backprop_gui.project import files
from backprop_gui.project.project import Project
from backprop_gui.project.records import TemplateRecord
from backprop_gui.registry import Registry

FIRST = "xor"
"""The template that a new window opens on."""


@dataclass(frozen=True, slots=True)
class Template:
    """One template.

    Attributes
    ----------
    name : str
        What it is asked for by: the name of its file.
    title, about : str
        What people call it, and one sentence on what it shows.
    epochs : int
        For how long it is trained unless somebody says otherwise.
    path : Path
    """

    name: str
    title: str
    about: str
    epochs: int
    path: Path

    def load(self) -> Project:
        """Return what its file holds."""
        return files.load(self.path)


def load(name: str) -> Project:
    """Return the project of the template called ``name``.

    Raises
    ------
    UnknownNameError
        If there is none; the sentence offers the nearest name.
    """
    return templates()[name].load()


class _File(msgspec.Struct, frozen=True):
    template: TemplateRecord


@cache
def templates() -> Registry[Template]:
    """Return all templates by name, in the order of the gallery."""
    found = [
        (msgspec.json.decode(path.read_bytes(), type=_File).template, path)
        for path in resource("templates").glob(f"*{files.SUFFIX}")
    ]
    registry: Registry[Template] = Registry("template")
    for about, path in sorted(found, key=lambda item: (item[0].order, item[1].stem)):
        registry.add(path.stem, Template(path.stem, about.title, about.about, about.epochs, path))
    return registry
