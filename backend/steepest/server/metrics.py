"""What the server counts for whoever runs it: the numbers of `GET /metrics`, in Prometheus's format.

One process is one server, so the counters are the process's own. What can be read at any moment, such as sessions and
memory, is not counted: `Service.metrics` reads it when it is asked.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second sample for each counter, which says since when it counts

COUNTED = CollectorRegistry()
ProcessCollector(registry=COUNTED)  # memory, processor time and open files of the server process

STEPS = Counter(
    "steepest_steps", "Steps whose records were sent; several runs of one step count once.", registry=COUNTED
)
CALLS = Histogram(
    "steepest_worker_call_seconds",
    "Time of worker calls, by function.",
    ["function"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 30.0),
    registry=COUNTED,
)
STEP_TIMEOUTS = Counter("steepest_step_timeouts", "Worker calls ended at the time limit.", registry=COUNTED)
WORKERS_LOST = Counter("steepest_workers_lost", "Worker processes that died in a call.", registry=COUNTED)
ERRORS = Counter("steepest_errors", "Error events and error responses, by their code.", ["code"], registry=COUNTED)
REFUSED = Counter(
    "steepest_refused",
    "Requests and sockets refused before they were handled, by reason: a check or an HTTP status.",
    ["kind", "reason"],
    registry=COUNTED,
)
CUT = Counter(
    "steepest_cut", "Connections ended because they broke a limit, by reason.", ["kind", "reason"], registry=COUNTED
)
