"""The app's newest bookings, cached in Redis for repeated requests.

Nothing depends on it: without Redis everything is answered, only slower.
"""

from __future__ import annotations

from typing import Any, Literal

RedisState = Literal["up", "down", "not_configured"]
_TIMEOUT_SECONDS = 0.5
_KEPT_SECONDS = 3600


class Newest:
    """The newest bookings. A connection that was ended is made again, once for each call; no call raises."""

    def __init__(self, url: str | None) -> None:
        self._client = _client(url) if url else None

    def keep(self, identifier: str) -> bool:
        """Remember a booking for an hour; whether that was done. Lasts two seconds at most."""
        return self._ask("SET", f"booking:{identifier}", "stored", "EX", _KEPT_SECONDS)

    def state(self) -> RedisState:
        """Whether Redis answers and takes the app's token. Lasts two seconds at most."""
        if self._client is None:
            return "not_configured"
        return "up" if self._ask("PING") else "down"

    def _ask(self, *command: Any) -> bool:
        import redis

        try:
            return self._client is not None and bool(self._client.execute_command(*command))
        except redis.RedisError:
            return False


def _client(url: str) -> Any:
    # Imported here: most rehearsals have no cache, and an app that starts later is out for longer.
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return redis.Redis.from_url(
        url,
        socket_timeout=_TIMEOUT_SECONDS,
        socket_connect_timeout=_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
    )
