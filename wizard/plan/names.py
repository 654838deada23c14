"""User names and passwords: what pppd and MS-CHAPv2 can carry, and new passwords."""

from __future__ import annotations

import secrets

from wizard.model.secret import Secret

MAX_LENGTH = 255
"""Bytes of a user name or a password: pppd keeps both in buffers of 256 with the NUL that ends them (MAXNAMELEN and
MAXSECRETLEN in pppd.h, the same from 2.4.3 to 2.5). An NT password may have 256 characters (RFC 2759 §8.3)."""

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""Thirty-two signs, five bits each, none that is read for another: no 0 and O, no 1, l and I. Small letters alone,
since the keyboard of a phone makes a large one an extra key."""
GROUPS, GROUP_LENGTH = 5, 4


def name_problem(text: str) -> str | None:
    """Why `text` cannot be a user name, and what to do; None if it can.

    pppd takes a name that is `*` alone for "every user", quoted or not (auth.c, ISWILD).
    """
    if not text:
        return "A user name needs at least one character."
    if text == "*":
        return "A user name that is * alone means “everyone” to the router. Add a letter or a digit."
    return _unusable(text, "user name")


def password_problem(text: str) -> str | None:
    """Why `text` cannot be a password, and what to do; None if it can. The text never shows up in the answer.

    pppd reads a secret that starts with `@` as the name of a file (pppd(8), `chap-secrets`).
    """
    if not text:
        return "A password needs at least one character. Leave the choice to the wizard for a strong one."
    if text.startswith("@"):
        return "A password must not start with @: the router would look for a file instead. Put another sign first."
    return _unusable(text, "password")


def generate_password() -> Secret:
    """A new password of 100 random bits: five groups of four, for typing, with hyphens that belong to it."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return Secret("-".join(groups))


def _unusable(text: str, what: str) -> str | None:
    if not text.isascii():
        # MS-CHAPv2 hashes UTF-16, pppd zero-extends bytes: the two agree on ASCII alone
        return f"Devices and router write signs like ä or € differently, so this {what} would fail. Use A–Z, 0–9, !#% …"
    if not text.isprintable():
        return f"This {what} has a control character in it, as a tab or a line end is. Leave it out."
    if len(text) > MAX_LENGTH:
        return f"This {what} has {len(text)} characters; the router keeps {MAX_LENGTH}. Shorten it."
    return None
