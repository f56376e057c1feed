"""Client of the TickStock event server.

    async with tickstock.connect("ws://127.0.0.1:8080/ws") as client:
        async for item in client.subscribe(types=["high", "low"], since="snapshot"):
            match item:
                case tickstock.Event(): print(item.symbol, item.price)
                case tickstock.Gap(): print("missing:", item)

What is promised: every event that the subscription asks for comes once and in order, or a `Gap`
says which ones do not come and why. See the README beside this package.
"""
from ._backoff import Backoff
from ._client import Client, Stats, Subscription, connect
from ._errors import (AuthenticationFailed, ConnectionFailed, ProtocolFault, RequestRefused,
                      Terminal, TickstockError)
from ._filter import Filter
from ._items import Event, FiltersChanged, Gap, Item, Position, Snapshot, Subscribed
from ._push import Pusher, PushStats, RejectedRow, push
from ._rest import Rest
from ._token import Token

__all__ = [
    "AuthenticationFailed", "Backoff", "Client", "ConnectionFailed", "Event", "Filter",
    "FiltersChanged", "Gap", "Item", "Position", "ProtocolFault", "PushStats", "Pusher",
    "RejectedRow", "RequestRefused", "Rest", "Snapshot", "Stats", "Subscribed", "Subscription",
    "Terminal", "TickstockError", "Token", "connect", "push",
]
