"""What a command is, and a parser whose complaints are sentences."""

from __future__ import annotations

import argparse
import difflib
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from backprop_gui.errors import UserError
from backprop_gui.numerals import MINUS
from backprop_gui.registry import Registry
from backprop_gui.terminal import PROGRAM


class UsageError(UserError):
    """Something was typed that no command understands."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes
    ----------
    name, summary : str
        What is typed, and a line about it.
    details : str
        What ``--help`` says besides the options; paragraphs are divided by empty lines.
    examples : tuple of str
        Whole lines that can be typed.
    arguments : callable
        Enters the command's arguments into its parser.
    run : callable
        Does the work and returns the exit code.
    """

    name: str
    summary: str
    details: str
    examples: tuple[str, ...]
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]

    def parser(self) -> Parser:
        """Return the parser of what follows the command's name."""
        parser = Parser(
            prog=f"{PROGRAM} {self.name}",
            description=f"{self.summary}\n\n{_filled(self.details)}",
            epilog="examples:\n" + "\n".join(f"  {line}" for line in self.examples),
        )
        self.arguments(parser)
        add_debug(parser)
        return parser


COMMANDS: Registry[Command] = Registry("command")


MOST_DIGITS = 15
"""Digits of a whole number; more are a slip, and Python refuses to read very many."""
_NEGATIVE = re.compile(r"-[\d.,]")


class Parser(argparse.ArgumentParser):
    """An argument parser that raises sentences instead of printing its usage and leaving."""

    def __init__(self, prog: str, description: str, epilog: str, usage: str | None = None) -> None:
        super().__init__(
            prog=prog,
            usage=usage,
            description=description,
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Return the parsed arguments; options and what is not one may come in any order.

        Raises
        ------
        UsageError
            If they are not understood.
        """
        namespace, rest = self.parse_known_intermixed_args([_with_minus(one) for one in arguments])
        if rest:
            raise UsageError(f"{self._unknown(rest[0])} {self._see()}")
        return namespace

    def error(self, message: str) -> NoReturn:
        """Turn argparse's complaint into a sentence."""
        raise UsageError(f"{message[:1].upper()}{message[1:].rstrip('.')}. {self._see()}")

    def _unknown(self, argument: str) -> str:
        if not argument.startswith("-"):
            return f"There is one argument too many: “{argument}”."
        name = argument.partition("=")[0]
        options = [option for action in self._actions for option in action.option_strings]
        near = difflib.get_close_matches(name, options, n=1, cutoff=0.5)
        return f"There is no option “{name}”." + (f" Did you mean “{near[0]}”?" if near else "")

    def _see(self) -> str:
        return f"“{self.prog} --help” lists what there is."


def whole_number(option: str, least: int, most: int) -> Callable[[str], int]:
    """Return what reads the whole number of ``option``: 1000, 1,000 and 1_000 are the same."""

    def read(text: str) -> int:
        digits = text.replace(",", "").replace("_", "")
        known = digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS
        if not (known and least <= int(digits) <= most):
            raise UsageError(f"{option} must be a whole number from {least:,} to {most:,}, not “{text}”.")
        return int(digits)

    return read


def _with_minus(argument: str) -> str:
    """Write −1/2 for -1/2: argparse takes all but the plainest negative numbers for options."""
    return f"{MINUS}{argument[1:]}" if _NEGATIVE.match(argument) else argument


def add_debug(parser: argparse.ArgumentParser) -> None:
    """Enter the option that every command has."""
    parser.add_argument(
        "--debug", action="store_true", help="after an error that nobody foresaw, print where it happened"
    )


def _filled(text: str) -> str:
    paragraphs = textwrap.dedent(text).strip().split("\n\n")
    return "\n\n".join(textwrap.fill(paragraph, 88) for paragraph in paragraphs)
