"""What a command handler receives beside the command: the client, and a snapshot of its open experiment."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from steepest.engine import Checkpoint, Prepared
from steepest.problems import LearningProblem
from steepest.server.errors import no_experiment
from steepest.server.live.client import LiveClient
from steepest.server.live.session import Session, not_reached
from steepest.server.service import Service
from steepest.server.worker import record_tasks
from steepest.server.worker.checkpoint_cache import CheckpointCache
from steepest.spec import Invalid, Text

Result = TypeVar("Result")


@dataclass(frozen=True)
class Snapshot:
    """An open experiment at the time of a command; a later edit does not change it.

    document: the experiment as JSON. last_step: the last step that the client can have seen. slow: its steps are.
    """

    prepared: Prepared
    document: str
    checkpoints: CheckpointCache
    last_step: int
    slow: bool

    def check_learning(self) -> None:
        """Raises `Invalid` for a surface."""
        if not isinstance(self.prepared.problem, LearningProblem):
            raise Invalid("", Text("a surface has no data", "曲面没有数据"))

    def check_run(self, run: int, field: str = "run") -> None:
        """Raises `Invalid` for a run that does not exist."""
        runs = len(self.prepared.experiment.runs)
        if run >= runs:
            raise Invalid(
                field,
                Text(f"there is no run {run}; runs are numbered 0 to {runs - 1}", f"运行编号应为 0 到 {runs - 1}"),
            )

    def check_reached(self, step: int, field: str = "step") -> None:
        """Raises `Invalid` for a step beyond the last one."""
        if step > self.last_step:
            raise not_reached(step, self.last_step, field)


@dataclass(frozen=True)
class Context:
    """One command's view of its client. urgent: its worker calls go before the playing of other sessions."""

    client: LiveClient
    urgent: bool
    snapshot: Snapshot | None

    @classmethod
    def of(cls, client: LiveClient, urgent: bool) -> "Context":
        """The context of a command that has just arrived."""
        session = client.session
        if session is None:
            return cls(client, urgent, None)
        snapshot = Snapshot(session.prepared, session.document, session.checkpoints, session.last_step, session.slow)
        return cls(client, urgent, snapshot)

    @property
    def service(self) -> Service:
        """The server."""
        return self.client.service

    @property
    def session(self) -> Session:
        """The open session, to be changed. Raises `Refused` where none is open."""
        if self.client.session is None:
            raise no_experiment()
        return self.client.session

    @property
    def experiment(self) -> Snapshot:
        """The open experiment, to be read. Raises `Refused` where none is open."""
        if self.snapshot is None:
            raise no_experiment()
        return self.snapshot

    @property
    def _slow(self) -> bool:
        """Whether a call may take much longer than a slice, since it makes steps that do."""
        return self.snapshot is not None and self.snapshot.slow

    async def work(self, function: Callable[..., Result], *arguments: Any, slow: bool = False) -> Result:
        """The result of a worker call. slow: it takes longer than a slice whatever the experiment is."""
        return await self.service.scheduler.run(
            self.client.share, function, *arguments, urgent=self.urgent, slow=slow or self._slow
        )

    async def work_sliced(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """The result of a worker call that takes its time budget as last argument."""
        return await self.service.scheduler.run_sliced(
            self.client.share, function, *arguments, urgent=self.urgent, slow=self._slow
        )

    async def checkpoint_at(self, step: int) -> Checkpoint | None:
        """The checkpoint at a step, or the last before it where every run has diverged; None for step -1.

        Replays what the cache lacks, and caches it.
        """
        experiment = self.experiment
        checkpoint = experiment.checkpoints.nearest(step)
        while step >= 0 and (checkpoint is None or checkpoint.step < step):
            reached, stopped = await self.work_sliced(
                record_tasks.replay, experiment.document, checkpoint, step, self.service.device
            )
            experiment.checkpoints.add(reached)
            checkpoint = reached
            if stopped:
                break
        return checkpoint


def diverged_before(run: int, step: int) -> Invalid:
    """The run has no record at the step."""
    return Invalid("step", Text(f"run {run} diverged before step {step}", f"运行 {run} 在第 {step} 步之前已发散"))
