"""Worker calls that make small pictures of the gallery's experiments."""

import base64
from collections.abc import Iterable
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from steepest.engine import Prepared, RunRecords, advance, loss_grid
from steepest.problems import LearningProblem, Scene
from steepest.protocol.sketch import Sketch, SketchPoint
from steepest.server.worker.prepared import prepared

_STEPS = 60  # enough to see where a run goes
_SECONDS = 0.25
_COLUMNS, _ROWS = 48, 30
_POINTS, _LOSSES, _IMAGES = 80, 40, 3
_LEAST = 1e-12  # loss: a smaller one has no place on the logarithmic scale

Numbers = NDArray[np.float64]


def sketch(document: str, until: int) -> str:
    """A `Sketch` as JSON: of the problem, and of the first of `until` steps as far as a moment of work leads."""
    made = prepared(document)
    runs = advance(made, None, min(until, _STEPS), budget=_SECONDS)[0].runs
    problem = made.problem
    if isinstance(problem, LearningProblem) and problem.plot_domain.kind != "table":
        found = _of_data(problem)
    elif problem.scene is not None:
        found = _of_scene(made, problem.scene, runs)
    else:
        found = Sketch()
    return found.model_copy(update={"losses": _losses(runs)}).model_dump_json()


def _of_scene(made: Prepared, scene: Scene, runs: tuple[RunRecords, ...]) -> Sketch:
    shape = [_COLUMNS, _ROWS][: scene.dim]
    loss = loss_grid(made.problem, scene.bounds, shape).astype(np.float64)
    heights = _heights(loss, logarithmic=scene.log_height)
    low, width = (np.array(side) for side in zip(*((low, high - low) for low, high in scene.bounds), strict=True))
    places = [(run.params.astype(np.float64) - low) / width for run in runs]
    if scene.dim == 2:
        inside = [takewhile(_is_inside, map(tuple, place.tolist())) for place in places]
        return Sketch(shape=(_COLUMNS, _ROWS), pixels=_bytes(heights), paths=tuple(_rounded(path) for path in inside))
    along = np.linspace(0, 1, len(heights))
    on_curve = [[(float(x), float(np.interp(x, along, heights))) for x in place[:, 0]] for place in places]
    paths = tuple(_rounded(takewhile(_is_inside, path)) for path in on_curve)
    return Sketch(curve=tuple(round(float(height), 3) for height in heights), paths=paths)


def _of_data(problem: LearningProblem) -> Sketch:
    domain, data = problem.plot_domain, problem.data
    chosen = domain.samples[:: max(1, len(domain.samples) // _POINTS)]
    classes = len(problem.shape.classes)
    targets = data.targets[chosen]
    if domain.kind == "images":
        images = data.inputs[domain.samples[:_IMAGES]].double().numpy()
        images = images.reshape(len(images), -1, images.shape[-1])
        picture = np.concatenate(list(images), axis=1)[::-1]
        return Sketch(classes=classes, shape=(picture.shape[1], picture.shape[0]), pixels=_bytes(_unit(picture)))
    inputs = data.inputs[chosen].double().numpy().reshape(len(chosen), -1)
    labels = targets.reshape(len(chosen), -1)[:, 0].double().numpy()
    across = _unit(inputs[:, 0])
    up = _unit(inputs[:, 1] if domain.kind == "map" else labels)
    kinds = labels.astype(int) if classes else np.zeros(len(chosen), int)
    points = tuple(
        SketchPoint(x=round(float(x), 3), y=round(float(y), 3), kind=int(kind))
        for x, y, kind in zip(across, up, kinds, strict=True)
    )
    return Sketch(classes=classes, points=points)


def _heights(loss: Numbers, *, logarithmic: bool) -> Numbers:
    finite = loss[np.isfinite(loss)]
    if finite.size == 0:
        return np.zeros_like(loss)
    above = np.clip(
        np.nan_to_num(loss, nan=finite.max(), posinf=finite.max(), neginf=finite.min()) - finite.min(), 0, None
    )
    if logarithmic:
        return _unit(np.log10(above + max(float(np.median(above)) / 300, _LEAST)))
    return _unit(np.sqrt(above) if loss.ndim > 1 else above)


def _losses(runs: tuple[RunRecords, ...]) -> tuple[tuple[float, ...], ...]:
    """On one scale, from the lowest loss to twice the highest first one; what is higher is cut off."""
    logs = [np.log10(np.clip(run.loss.astype(np.float64), _LEAST, None)) for run in runs]
    logs = [log[np.isfinite(log)] for log in logs]
    logs = [log[:: max(1, len(log) // _LOSSES)] for log in logs if len(log) > 0]
    if not logs:
        return ()
    low = min(float(log.min()) for log in logs)
    high = max(float(log[0]) for log in logs) + 0.3  # a loss that doubles is still in the picture
    width = max(high - low, 1e-9)
    return tuple(tuple(round(float(at), 3) for at in np.clip((log - low) / width, 0, 1)) for log in logs)


def _unit(values: Numbers) -> Numbers:
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.zeros_like(values)


def _bytes(values: Numbers) -> str:
    return base64.b64encode(np.round(values * 255).astype(np.uint8).tobytes()).decode()


def _is_inside(place: tuple[float, ...]) -> bool:
    return all(-0.2 <= at <= 1.2 for at in place)


def _rounded(path: Iterable[tuple[float, ...]]) -> tuple[tuple[float, float], ...]:
    return tuple((round(x, 3), round(y, 3)) for x, y in path)
