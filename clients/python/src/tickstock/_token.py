"""The token that a client shows: a text, or a function that fetches a fresh one."""
from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Union

Token = Union[str, Callable[[], Awaitable[str]]]
"""A JWT or an API key; or an async function that returns one, asked before every connection and
before the last token expires."""


async def current(token: Token | None) -> str | None:
    """The token to use now."""
    return token if token is None or isinstance(token, str) else checked(await token())


def checked(token: str) -> str:
    """The token, if it can stand in a header. The error does not show it."""
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError("a token is printable ASCII without blanks")
    return token


def expiry(token: str) -> float | None:
    """When a JWT expires, by its `exp`, in seconds since 1970; None if it does not say. It is read
    only to know when to fetch the next one; whether it is valid is the server's to judge."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return float(claims["exp"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
