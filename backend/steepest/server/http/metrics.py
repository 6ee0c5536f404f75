"""`GET /metrics`: what the server counts and holds, as Prometheus reads it. `TokenCheck` lets only the operator in."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from prometheus_client import CONTENT_TYPE_LATEST, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from steepest.server.metrics import COUNTED
from steepest.server.service import Service


def metrics_handler(service: Service) -> Callable[[Request], Awaitable[Response]]:
    """The route."""
    everything = _Everything(service)

    async def answer(_: Request) -> Response:
        content = generate_latest(everything)
        return Response(content, headers={"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"})

    return answer


class _Everything(Collector):
    """What was counted, and what the service holds at this moment."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        """All families."""
        yield from COUNTED.collect()
        service = self._service
        states = service.worker_states()
        yield _gauge("steepest_sockets", "Live sockets that are open.", service.sockets.taken)
        yield _gauge("steepest_sessions", "Experiments that are open.", len(service.room.seated))
        yield _gauge("steepest_waiting", "Clients that wait for a place for an experiment.", len(service.room.waiting))
        yield _gauge("steepest_tasks", "Tasks of the event loop.", len(asyncio.all_tasks()))
        yield _gauge("steepest_queue", "Worker calls that wait for a worker.", service.scheduler.waiting)
        yield _gauge("steepest_workers", "Worker processes that there should be.", states["all"])
        yield _gauge("steepest_workers_alive", "Worker processes that live and have started.", states["alive"])
        yield _gauge("steepest_workers_restarted", "Worker processes that were replaced.", states["restarted"])
        limits = GaugeMetricFamily("steepest_memory_limit_bytes", "Budgets of memory.", labels=["budget"])
        used = GaugeMetricFamily("steepest_memory_used_bytes", "What is in use of them.", labels=["budget"])
        for name, budget in service.memory().items():
            limits.add_metric([name], budget["limit"])
            used.add_metric([name], budget["used"])
        yield limits
        yield used


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)
