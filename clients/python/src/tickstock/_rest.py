"""The HTTP pages and commands, synchronously: for notebooks, scripts, and asyncio.to_thread()."""
from __future__ import annotations

import json
import ssl as tls
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from ._errors import AuthenticationFailed, ConnectionFailed, RequestRefused
from ._filter import Filter, string_list
from ._items import Position


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to another host."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Rest:
    """Requests to one server, each on a connection of its own. Safe to use from several threads.

    Answers are the JSON objects of the server's protocol page; fractions are Decimal. Raises
    RequestRefused with the server's code, AuthenticationFailed, or ConnectionFailed.
    """

    def __init__(self, url: str, *, token: str | None = None, timeout: float = 15.0,
                 ssl: tls.SSLContext | None = None) -> None:
        """url: http://HOST:PORT or https://…; timeout in seconds; ssl: a context of your own"""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"the URL must be http://HOST:PORT or https://…, not {url!r}")
        self._url = url.rstrip("/")
        self._token = token
        self._timeout = timeout
        self._opener = urllib.request.build_opener(
            _NoRedirect, urllib.request.HTTPSHandler(context=ssl))

    def get(self, path: str, **parameters: Any) -> Any:
        """Parameters that are None are left out; lists are sent with commas."""
        texts = {name: ",".join(value) if isinstance(value, list) else str(value)
                 for name, value in parameters.items() if value is not None}
        return self._request("GET", f"{path}?{urlencode(texts)}" if texts else path, None)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._request("PUT", path, body)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return self._request("POST", path, body or {})

    def delete(self, path: str) -> Any:
        return self._request("DELETE", path, None)

    def status(self) -> Any:
        """The server's status, whole."""
        return self.get("/api/v1/status")

    def events(self, *, types: Iterable[str] = (), symbols: Iterable[str] = (),
               filter: Filter | None = None, since: Position | None = None,
               limit: int = 100) -> Any:
        """A page of at most `limit` (1–1000) events after `since`; without it the newest. Ask again
        with the answer's `next`."""
        parameters: dict[str, Any] = {} if filter is None else filter.to_json()
        return self.get("/api/v1/events", types=string_list("types", types) or None,
                        symbols=string_list("symbols", symbols) or None, since=since, limit=limit,
                        **parameters)

    def symbol(self, symbol: str) -> Any:
        """The latest event of each type of one symbol."""
        return self.get(f"/api/v1/symbols/{quote(symbol, safe='')}")

    def filters(self, user: str) -> Any:
        """The user's stored filters. They hold for all connections of that user."""
        return self.get(_of_user(user, "filters"))

    def put_filter(self, user: str, name: str, filter: Filter, *, types: Iterable[str] = (),
                   symbols: Iterable[str] = (), enabled: bool = True) -> Any:
        members = filter.to_json()
        for member, values in (("types", types), ("symbols", symbols)):
            if texts := string_list(member, values):
                members[member] = texts
        return self.put(_of_user(user, "filters", name), {"filter": members, "enabled": enabled})

    def delete_filter(self, user: str, name: str) -> Any:
        return self.delete(_of_user(user, "filters", name))

    def universes(self, user: str) -> Any:
        """The user's own named sets of symbols."""
        return self.get(_of_user(user, "universes"))

    def put_universe(self, user: str, name: str, symbols: Iterable[str]) -> Any:
        return self.put(_of_user(user, "universes", name),
                        {"symbols": string_list("symbols", symbols)})

    def delete_universe(self, user: str, name: str) -> Any:
        return self.delete(_of_user(user, "universes", name))

    def _request(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        request = urllib.request.Request(self._url + path, method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if self._token is not None:
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(error.code, error.read()) from None
        except OSError as error:
            raise ConnectionFailed(f"{self._url}: {error}") from error
        return json.loads(text, parse_float=Decimal) if text else None


def _of_user(user: str, *parts: str) -> str:
    return "/".join(("/api/v1/users", *(quote(one, safe="") for one in (user, *parts))))


def _refused(status: int, body: bytes) -> Exception:
    try:
        error = json.loads(body)["error"]
        code, message = str(error["code"]), str(error["message"])
    except (ValueError, KeyError, TypeError):
        code, message = "http", f"HTTP status {status}"
    if status == 401:
        return AuthenticationFailed(status, message)
    return RequestRefused(code, message, status)
