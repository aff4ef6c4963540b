"""Start Backprop Lab, and on a bare machine prepare it first.

``python3 main.py`` opens the window, ``python3 main.py test`` runs the tests, everything else is the command line
of ``backprop-gui``. This file must be readable by the old Python versions it turns away, so it says little.
"""

import sys

OLDEST_PYTHON = (3, 11)


def main() -> int:
    """Turn away an old Python with a sentence, else start; return the exit code."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(str(number) for number in sys.version_info[:3])
        sys.stderr.write(
            "Backprop Lab needs Python 3.11 or newer, and this is Python %s. "
            "Install a newer one and start it with that, for example: python3.12 main.py\n" % found
        )
        return 2
    from pathlib import Path

    folder = str(Path(__file__).resolve().parent)
    if folder not in sys.path:  # so with -P or PYTHONSAFEPATH
        sys.path.insert(0, folder)
    from backprop_gui.bootstrap.start import start

    return start(folder, sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
