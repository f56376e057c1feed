"""Which ends of a connection are final."""
from __future__ import annotations

from ._errors import AuthenticationFailed, Terminal
from ._transport import Broken

# RFC 6455 codes that say that this client did wrong, or is not wanted; it would do so again.
_FINAL_CODES = frozenset({1002, 1003, 1007, 1008, 1009, 1010})
_UNAUTHORIZED = 3500


def ending(error: Broken) -> Terminal | None:
    """The final error of a close code; None where the client should come back and resume:
    3000–3499, a lost connection, and codes that proxies send."""
    code = error.code
    if code is None:
        return None
    if code == _UNAUTHORIZED:
        return AuthenticationFailed(code, error.reason)
    if code in _FINAL_CODES or 3500 <= code <= 3999:
        return Terminal(code, error.reason)
    return None


def refusal(status: int) -> Exception:
    """What a handshake's HTTP status means: Terminal, or Broken where the server may do better
    later."""
    if status == 401:
        return AuthenticationFailed(status, "the server accepts no such token")
    if status in (408, 429) or status >= 500:
        return Broken(None, f"HTTP status {status}")
    if status == 403:
        return AuthenticationFailed(status, "not allowed")
    return Terminal(status, "no WebSocket of TickStock is there")
