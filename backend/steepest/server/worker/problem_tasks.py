"""Worker calls about an experiment's problem and its schedules."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from steepest.engine import landscape, loss_grid, preview_lr
from steepest.problems import Scene
from steepest.protocol.binary import pack_surface
from steepest.protocol.data import pack_data
from steepest.protocol.events import Points
from steepest.server.worker.prepared import learning_problem, prepared


def scene(document: str) -> Scene | None:
    """What a plot of the loss over one or two parameters needs."""
    return prepared(document).problem.scene


def surface(document: str, bounds: list[list[float]], shape: list[int], reply_to: int) -> bytes:
    """A packed `surface` event: the experiment's loss on a grid."""
    return pack_surface(reply_to, bounds, loss_grid(prepared(document).problem, bounds, shape))


def points(document: str, bounds: Sequence[Sequence[float]], reply_to: int) -> str:
    """A `points` event as JSON: the experiment's critical points within the bounds."""
    found = landscape(prepared(document).problem, bounds)
    return Points(op="points", id=reply_to, points=list(found)).model_dump_json()


def rates(
    document: str, run: int, until: int | None, max_step: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """The future learning rates of one run, as (steps, rates); see `preview_lr`."""
    return preview_lr(prepared(document).plans[run], until, max_step)


def data(document: str, reply_to: int) -> bytes:
    """A packed `data` event: the data of a learning problem."""
    return pack_data(reply_to, learning_problem(document))
