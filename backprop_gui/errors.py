"""The one kind of error that a person reads."""

from __future__ import annotations


class UserError(Exception):
    """Something a person can mend; one or two sentences that say what happened, where, and what to do.

    The window shows it in place, the command line prints it on standard error and exits with 2. Every room
    derives its own errors from this one, so that nothing else ever has to be caught and worded.
    """
