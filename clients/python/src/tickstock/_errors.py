"""What can go wrong, by whose doing. All of them are TickstockError."""


class TickstockError(Exception):
    """Base of all errors of this package."""


class ConnectionFailed(TickstockError):
    """The first connection could not be made: nobody listens there, or the name is unknown. Later
    breaks are no errors; the client comes back by itself."""


class Terminal(TickstockError):
    """The server ended the connection for good, or refused it; coming back would not help.

    code: WebSocket close code (1002–1010, 3500–3999), or the HTTP status of a refused handshake
    reason: the server's word for it
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}".rstrip())
        self.code = code
        self.reason = reason


class AuthenticationFailed(Terminal):
    """The token is missing, wrong or expired, or does not permit this."""


class RequestRefused(TickstockError):
    """The server did not do what was asked; the connection goes on.

    code: a word of the protocol's table, such as `bad_request`
    message: names what was wrong
    status: HTTP status of a REST answer, 0 on a WebSocket
    """

    def __init__(self, code: str, message: str, status: int = 0) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class ProtocolFault(TickstockError):
    """The server broke its protocol, for example by a hole between two frames without a gap notice.
    The subscription's position is still right: everything before the fault was whole."""
