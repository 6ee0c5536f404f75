"""Makes the kernels of what the menus and the gallery offer, ahead of need.

In a process of its own, at the lowest priority, so that no session waits for it and its memory is free again at its
end. The kernels are kept on disk, from where a worker loads one in milliseconds.
"""

import logging
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.process import BaseProcess
from typing import Any

import torch

from steepest.engine import advance, engine_of, prepare, warm_up
from steepest.engine.compiled.rule import OPTIMIZERS
from steepest.engine.compiled.store import cache_dir
from steepest.gallery import gallery
from steepest.optimizers import BUILT_IN as ALL_OPTIMIZERS
from steepest.problems.datasets import BUILT_IN as DATASETS
from steepest.problems.surfaces import BUILT_IN as SURFACES
from steepest.server.worker import forkserver, process
from steepest.spec import Experiment, parse_experiment

# The page's opening problem.
_FIRST_SURFACE = "ravine"


def start(device: str) -> BaseProcess | None:
    """The process, started; None where kernels are not used, or not kept."""
    if device != "cpu" or cache_dir() is None:
        return None
    # typeshed has no `Process` for the contexts' common base.
    made: BaseProcess = forkserver.context().Process(target=_run, daemon=True)  # type: ignore[attr-defined]
    made.start()
    return made


def _run() -> None:
    process.exit_with_server()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends this process
    if hasattr(os, "nice"):
        os.nice(19)
    logging.getLogger("torch").setLevel(logging.ERROR)
    torch.set_num_threads(1)
    warm_up()
    make_kernels(menu_choices())


def make_kernels(experiments: Iterable[Experiment]) -> None:
    """Makes what the first steps of these experiments need. One that fails is left out."""
    for experiment in experiments:
        with suppress(Exception):  # such as a data set that cannot be read here
            prepared = prepare(experiment)
            if "compiled" in (engine_of(prepared, run, "cpu") for run in range(len(prepared.plans))):
                advance(prepared, None, 2)


def menu_choices() -> Iterator[Experiment]:
    """The experiments that the menus and the gallery begin; the most likely ones first."""
    first = next(surface for surface in SURFACES if surface.id == _FIRST_SURFACE)
    start = list(first.starts[0].at)
    ids = [optimizer.id for optimizer in ALL_OPTIMIZERS if optimizer.id in OPTIMIZERS]
    for name in sorted(ids, key=lambda name: name not in ("sgd", "adam")):
        yield _experiment({"kind": "surface", "id": first.id}, {"id": name}, start)
    for surface in SURFACES:
        start = list(surface.starts[0].at) if surface.starts else [1.0] * len(surface.bounds)
        yield _experiment({"kind": "surface", "id": surface.id}, {"id": "sgd", "lr": surface.lr}, start)
    for dataset in DATASETS:
        if dataset.stored:
            continue
        model, loss = (
            {"id": each.id, "params": dict(each.params)} for each in (dataset.known_model, dataset.known_loss)
        )
        problem = {"kind": "learning", "dataset": {"id": dataset.id}, "model": model, "loss": loss}
        yield _experiment(problem, {"id": "sgd", "lr": dataset.known_lr}, {"init": "default"})
    yield from (card.experiment for card in gallery().pieces)


def _experiment(problem: dict[str, Any], optimizer: dict[str, Any], start: object) -> Experiment:
    runs = [{"optimizer": optimizer, "start": start}]
    return parse_experiment({"version": 1, "engine": "compiled", "problem": problem, "runs": runs})
