"""Connections to Valkey that are there in time or not at all."""

from __future__ import annotations

import socket
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from threading import Thread
from typing import TYPE_CHECKING, Any

from redis import Connection, ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

if TYPE_CHECKING:
    Base = Connection
else:
    Base = object


def client_at(url: str, *, patience: float) -> Redis:
    """A client that waits `patience` seconds for a connection and as long for an answer, and tries once."""
    pool = ConnectionPool.from_url(url, maint_notifications_config=MaintNotificationsConfig(enabled=False))
    pool.connection_kwargs.update(  # after those of the address, which may say otherwise
        socket_connect_timeout=patience,
        socket_timeout=patience,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
        driver_info=None,  # no greeting: each would be one more answer to wait for
        health_check_interval=0,
    )
    pool.connection_class = type("InTime", (_InTime, pool.connection_class), {})
    return Redis(connection_pool=pool)


class _InTime(Base):
    """Stands before a connection class of the library, which looks up the host without any limit."""

    def _connect(self) -> Any:
        """The socket, within the time that a connection may take. Raises TimeoutError, OSError."""
        future: Future[socket.socket] = Future()
        Thread(target=self._fulfil, args=(future,), name="valkey-connect", daemon=True).start()
        try:
            return future.result(self.socket_connect_timeout)
        except TooLate:
            future.add_done_callback(_close)
            raise TimeoutError from None

    def _fulfil(self, future: Future[socket.socket]) -> None:
        try:
            future.set_result(super()._connect())  # type: ignore[no-untyped-call]
        except BaseException as error:  # noqa: BLE001 - handed on to whoever waits for it
            future.set_exception(error)


def _close(future: Future[socket.socket]) -> None:
    if future.exception() is None:
        future.result().close()
