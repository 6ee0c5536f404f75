"""Looks into a model that change nothing: a plane through its parameters, a graph of its gradients, a check of them."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from steepest.engine import Checkpoint
from steepest.engine.model_analysis.gradient_check import GradientCheck
from steepest.engine.model_analysis.loss_plane import MAX_PATH_NUMBERS, MAX_PATH_POINTS, Float, Plane, spread_evenly
from steepest.problems import LearningProblem
from steepest.problems.computation_graph import Graph
from steepest.protocol.commands import CheckCommand, GraphCommand, PlaneCommand
from steepest.protocol.model_queries import checked_event, graph_event, pack_plane
from steepest.server.live.session import Session
from steepest.server.service import Service
from steepest.server.worker import model_tasks, tasks
from steepest.server.worker.checkpoint_cache import CheckpointCache
from steepest.server.worker.scheduler import Job, Share
from steepest.spec import Invalid, Text


class ModelQueries:
    """Looks into one experiment as it is now; an edit meanwhile is of another one. Everything raises `Invalid`."""

    def __init__(self, session: Session, service: Service, share: Share) -> None:
        self.prepared = session.prepared
        self.document: str = session.document
        self.trail: CheckpointCache = session.trail
        self.known = session.known
        self.service = service
        self.share = share

    async def plane(self, command: PlaneCommand) -> bytes:
        """A packed `plane` event."""
        problem = self.prepared.problem
        if not isinstance(problem, LearningProblem) or problem.dim <= 2:
            raise Invalid("", Text("the loss over one or two parameters is drawn whole", "一两个参数的损失可完整画出"))
        for n, run in enumerate(command.runs):
            self._check_run(run, f"runs[{n}]")
        about = command.step if command.centre is None else command.centre
        last = await self._reached(command.step, "step")
        middle = await self._reached(about, "centre")
        every = [one for one in self.trail.upto(command.step) if one.step < last.step]
        most = max(2, min(MAX_PATH_POINTS, MAX_PATH_NUMBERS // (problem.dim * len(command.runs))))
        trodden = [_trodden(run, [*every, last], most) for run in command.runs]
        centre = middle.runs[command.runs[0]].params
        side = max(command.shape)
        job = model_tasks.lay, (self.document, trodden, centre, command.kind, side, command.draw)
        laid: Plane | None = await self._work(job)
        if laid is None:
            raise Invalid("runs", Text("no run of these has a finite path", "这些运行都没有有限的路径"))
        values = await self._sliced(laid.size, lambda done: (model_tasks.survey, (self.document, laid, len(done))))
        return pack_plane(command.id, command.step, about, problem.split_sizes.train, laid, values)

    async def graph(self, command: GraphCommand) -> str:
        """A `graph` event of the open net as JSON."""
        self._check_run(command.run, "run")
        at = await self._at(command.run, command.step)
        found = await self._work((model_tasks.graph_of_net, (self.document, at, command.sample)))
        samples = self.prepared.problem.split_sizes.train if isinstance(self.prepared.problem, LearningProblem) else 0
        return graph_event(command, _drawn(found), samples).model_dump_json()

    async def check(self, command: CheckCommand) -> str:
        """A `checked` event as JSON."""
        self._check_run(command.run, "run")
        at = await self._at(command.run, command.step)
        asked = await self._work((model_tasks.to_check, (self.document, command.delta)))
        values = await self._sliced(
            len(asked), lambda done: (model_tasks.measure, (self.document, at, command.step, asked[len(done) :]))
        )
        found: GradientCheck = await self._work(
            (model_tasks.check, (self.document, at, command.step, command.delta, values))
        )
        return checked_event(command, found, self.prepared.problem.dim).model_dump_json()

    def _check_run(self, run: int, field: str) -> None:
        runs = len(self.prepared.experiment.runs)
        if run >= runs:
            raise Invalid(
                field,
                Text(f"there is no run {run}; runs are numbered 0 to {runs - 1}", f"运行编号应为 0 到 {runs - 1}"),
            )

    async def _at(self, run: int, step: int) -> Any:
        """The parameters of a run at a step, (n,). Raises `Invalid` where it is not reached, or lies beyond its end."""
        checkpoint = await self._reached(step, "step")
        there = checkpoint.runs[run]
        if checkpoint.step < step or (there.stopped is not None and there.stopped < step):
            raise Invalid(
                "step", Text(f"run {run} diverged before step {step}", f"运行 {run} 在第 {step} 步之前已发散")
            )
        return there.params

    async def _reached(self, step: int, field: str) -> Checkpoint:
        """The checkpoint at a step, or where all runs had diverged before; what is missing is replayed and kept."""
        if step > self.known:
            raise Invalid(
                field,
                Text(f"step {step} is not reached yet; the last is {self.known}", f"尚未到达；最后是 {self.known}"),
            )
        checkpoint = self.trail.nearest(step)
        while checkpoint is None or checkpoint.step < step:
            nearer = partial(_nearer, self.document, checkpoint, step, self.service.device)
            result: tasks.Advanced = await self.service.scheduler.work(self.share, nearer)
            checkpoint = result.checkpoints[-1]
            self.trail.add(checkpoint)
            if result.stopped:
                break
        return checkpoint

    async def _work(self, job: Job) -> Any:
        return await self.service.scheduler.work(self.share, lambda _: job)

    async def _sliced(self, size: int, rest: Callable[[Float], Job]) -> Float:
        """So many numbers, made slice by slice. rest: those already there to what makes the next."""
        done: Float = np.empty(0)
        while len(done) < size:
            function, arguments = rest(done)
            some = await self.service.scheduler.work(
                self.share,
                lambda budget: (function, (*arguments, budget)),  # noqa: B023  # called before the loop goes on
            )
            done = np.append(done, some)
        return done


async def expression(command: GraphCommand, service: Service, share: Share) -> str:
    """A `graph` event of an expression as JSON. Raises `Invalid` with its column."""
    job = model_tasks.graph_of_expression, (command.expression, command.values)
    found = await service.scheduler.work(share, lambda _: job, urgent=True)
    return graph_event(command, _drawn(found), 0).model_dump_json()


def _drawn(found: Graph | Invalid) -> Graph:
    if isinstance(found, Invalid):
        raise found
    return found


def _trodden(run: int, checkpoints: list[Checkpoint], most: int) -> model_tasks.Trodden:
    """At most so many points of a run's path, until it ended."""
    there = [one for one in checkpoints if (stopped := one.runs[run].stopped) is None or stopped >= one.step]
    kept = [there[place] for place in spread_evenly([one.step for one in there], most)] if there else []
    return run, [one.step for one in kept], [one.runs[run].params for one in kept]


def _nearer(document: str, checkpoint: Checkpoint | None, step: int, device: str, budget: float) -> Job:
    return tasks.reach, (document, checkpoint, step, step, 0, 1, budget, device)
