"""What is counted while it happens. With several processes on one machine the figures lie in files that all write to.

The environment variable PROMETHEUS_MULTIPROC_DIR names the folder of those files; docs/how-to/monitor.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

if settings.METRICS_FOLDER:
    Path(settings.METRICS_FOLDER).mkdir(parents=True, exist_ok=True)

HERE = CollectorRegistry()  # this process; with a folder nobody asks it, the files hold everything

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
QUERIES = (0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 100)

requests = Counter("agora_requests", "Answers to requests.", ["method", "route", "status"], registry=HERE)
request_seconds = Histogram(
    "agora_request_seconds", "Seconds until the answer began.", ["method", "route"], buckets=SECONDS, registry=HERE
)
request_queries = Histogram(
    "agora_request_queries", "Database statements of one request.", ["route"], buckets=QUERIES, registry=HERE
)
rate_limited = Counter("agora_rate_limited", "Requests that were over a limit.", ["route"], registry=HERE)
commands = Counter("agora_commands", "Commands that ended.", ["command", "outcome"], registry=HERE)
log_in_refusals = Counter("agora_log_in_refusals", "Log-ins that were refused.", ["door"], registry=HERE)

streams = Gauge("agora_streams", "Live streams that are open.", registry=HERE, multiprocess_mode="livesum")
stream_ends = Counter("agora_stream_ends", "Live streams that ended.", ["why"], registry=HERE)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the figures and the log say of one request; `route` is the pattern of its address."""

    method: str
    route: str
    status: int
    seconds: float

    def facts(self) -> dict[str, str | int | float]:
        """The same as a line of the log has it."""
        milliseconds = round(self.seconds * 1000, 1)
        return {"method": self.method, "route": self.route, "status": self.status, "ms": milliseconds}


def count_request(answered: Answered, *, queries: int) -> None:
    """Count one request."""
    requests.labels(answered.method, answered.route, str(answered.status)).inc()
    request_seconds.labels(answered.method, answered.route).observe(answered.seconds)
    request_queries.labels(answered.route).observe(queries)
    if answered.status == 429:
        rate_limited.labels(answered.route).inc()


def count_command(command_id: str, *, outcome: str) -> None:
    """Count one command: `done`, or the code of what refused it."""
    commands.labels(command_id, outcome).inc()


def count_outcome(sender: object, *, command: str, outcome: str, **_: object) -> None:
    """Count a command that has ended; receives `command_ended`."""
    count_command(command, outcome=outcome)


def count_log_in_refusal(door: str) -> None:
    """Count one refused log-in at a door: `staff`, `customer`, `api_key`."""
    log_in_refusals.labels(door).inc()


def show_streams(number: int) -> None:
    """Show how many live streams this process holds."""
    streams.set(number)


def count_stream_end(why: str) -> None:
    """Count one live stream that has ended: `gone`, `slow`, `changed`, `closing`, `failed`."""
    stream_ends.labels(why).inc()
