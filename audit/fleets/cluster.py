# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Runs the same jobs on the machines of a Ray cluster, where ``audit`` is installed too.

Ray is an extra (``pip install model-provenance-audit[ray]``). Its own statistics are not sent.
"""

import os
import socket
import sys
from contextlib import redirect_stdout
from logging import ERROR
from typing import TYPE_CHECKING, Any

from audit.errors import UsageError
from audit.fleets.pool import LostError
from audit.fleets.task import ONE_THREAD, work

if TYPE_CHECKING:
    from audit.fleets.pool import Jobs, Replies, Reply

LOCAL = "local"
_CONNECT = 10.0
_DIED = (
    "its process was lost (a crash, too little memory, or longer than it may take; a cluster does"
    " not say which)"
)


def clustered(jobs: "Jobs", address: str, workers: int | None) -> "Replies":
    """Do jobs on the cluster at ``address``; yield each job's number and reply as it is done.

    ``local`` starts one on this machine. As many jobs as the cluster has processors are under way,
    or ``workers``.

    Raises
    ------
    UsageError
        If Ray is not installed, or there is no cluster.
    """
    with redirect_stdout(sys.stderr):  # where Ray tells of processes that died
        yield from _worked(_connected(address, workers), jobs, workers)


def _worked(ray: Any, jobs: "Jobs", workers: int | None) -> "Replies":
    task = ray.remote(num_cpus=1, max_retries=0)(work)
    waiting = iter(jobs)
    busy: dict[Any, int] = {}
    try:
        most = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        while True:
            while len(busy) < most and (job := next(waiting, None)) is not None:
                busy[task.remote(job[1])] = job[0]
            if not busy:
                return
            (done, *_), _ = ray.wait(list(busy), num_returns=1)
            yield busy.pop(done), _reply(ray, done)
    finally:
        for left in busy:
            ray.cancel(left, force=True)
        ray.shutdown()


def _connected(address: str, workers: int | None) -> Any:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
    except ModuleNotFoundError as error:
        raise UsageError(
            "Ray is not installed here.", advice="pip install 'model-provenance-audit[ray]'."
        ) from error
    own: dict[str, Any] = {}
    if address == LOCAL:
        own = {"num_cpus": workers, "include_dashboard": False, "_node_ip_address": "127.0.0.1"}
    try:
        _reach(address)
        ray.init(
            address=address,
            log_to_driver=False,
            logging_level=ERROR,
            runtime_env={"env_vars": ONE_THREAD},
            **own,
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(
            f"There is no Ray cluster at {address}.", advice="Check --ray; `ray status` shows it."
        ) from error
    return ray


def _reach(address: str) -> None:
    """Demand that somebody answers at an address: Ray itself would ask again without end."""
    host, colon, port = address.rpartition("://")[2].rpartition(":")
    if colon:
        socket.create_connection((host, int(port)), timeout=_CONNECT).close()


def _reply(ray: Any, done: Any) -> "Reply":
    from ray.exceptions import RayError, RayTaskError

    try:
        reply: bytes = ray.get(done)
    except RayTaskError as error:
        return LostError(f"internal error: {type(error.cause).__name__}: {error.cause}")
    except RayError:
        return LostError(_DIED)
    return reply
