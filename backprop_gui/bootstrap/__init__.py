"""From a bare Python to a running program: everything here must work with nothing but Python itself.

``start`` is the way from the command line to the window, ``requirements`` asks what is installed, ``environment``
makes what is not, ``libraries`` looks for Qt's system libraries, and ``apt`` installs packages of Debian. Every start
passes here, so what only a preparation needs is imported where it is used.
"""
