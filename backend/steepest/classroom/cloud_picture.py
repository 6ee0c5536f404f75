"""The cloud in a report, as SVG: the paths of all seats' runs, and a mark for each at its learning rate and loss."""

import math
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import get_args

from steepest.classroom.cloud import CloudRun, Outcome
from steepest.spec import Text
from steepest.spec.text import Language

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_LABELS: dict[Outcome, Text] = {
    "converged": Text("converged", "已收敛"),
    "slow": Text("slow", "较慢"),
    "oscillating": Text("oscillating", "摆动"),
    "diverged": Text("diverged", "发散"),
}
# Shapes, too: not everyone tells the colours apart, and a report may be printed in grey.
_SHAPES: dict[Outcome, str] = {
    "converged": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
    "slow": "M-4-4H4V4H-4z",
    "oscillating": "M0-5L5 4H-5z",
    "diverged": "M-4-4L4 4M-4 4L4-4",
}
STYLE = (
    "figure{margin:.5rem 0}svg{max-width:100%;height:auto;font:12px system-ui,sans-serif}"
    "svg text{fill:currentColor}.frame{fill:none;stroke:#8888}.path{fill:none;stroke-opacity:.6}"
    ".converged{fill:#1d7a46;stroke:#1d7a46}.slow{fill:#3b6fd4;stroke:#3b6fd4}"
    ".oscillating{fill:#b07400;stroke:#b07400}.diverged{fill:none;stroke:#c0392b;stroke-width:2}"
    ".path.converged,.path.slow,.path.oscillating{fill:none}.path.diverged{stroke-width:1}"
)
_SIDE, _GAP = 300, 60  # of a plot, and around it, in pixels
_TOP, _ABOVE = 34, 12  # of a plot: where losses end, and the line of the diverged
_SMALLEST = 1e-10  # losses closer to 0 than this share of the highest all lie at the bottom
_TITLE = Text("loss at step {until} by learning rate", "第 {until} 步的损失与学习率")
_PATHS = Text("paths", "路径")


def cloud_picture(runs: Sequence[CloudRun], until: int, language: Language) -> str:
    """The SVG in a `<figure>`, with a key that counts outcomes; "" without runs. until: the activity's last step."""
    if not runs:
        return ""
    say = _TITLE.in_language(language).format(until=until)
    plots, heads = [], []
    if any(len(point) == 2 for run in runs for point in run.path):
        plots.append(_paths(runs))
        heads.append(_PATHS.in_language(language))
    if not plots or len({run.lr for run in runs}) > 1:
        plots.append(_marks(runs))
        heads.append(say)
    width, height = len(plots) * (_SIDE + _GAP) + 20, _SIDE + _GAP + 10
    drawn = "\n".join(
        f'<g transform="translate({_GAP - 10 + n * (_SIDE + _GAP)} 25)">\n<text x="0" y="-9">{escape(head)}</text>\n'
        f'<path class="frame" d="M0 0H{_SIDE}V{_SIDE}H0z"/>\n{plot}\n</g>'
        for n, (plot, head) in enumerate(zip(plots, heads, strict=True))
    )
    key = " · ".join(
        f'<svg width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true"><path class="{outcome}" '
        f'd="{_SHAPES[outcome]}"/></svg> {_LABELS[outcome].in_language(language)} '
        f"{sum(run.outcome == outcome for run in runs)}"
        for outcome in OUTCOMES
    )
    return (
        f'<figure>\n<svg role="img" aria-label="{escape(say)}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">\n{drawn}\n</svg>\n<figcaption>{key}</figcaption>\n</figure>'
    )


def _marks(runs: Sequence[CloudRun]) -> str:
    rated = [(run, run.lr) for run in runs if run.lr is not None and run.lr > 0]
    losses = [run.loss for run in runs if _is_on_axis(run)]
    linear = any(loss < 0 for loss in losses)
    floor = max([*losses, 0.0]) * _SMALLEST or 1e-12
    x_at, x_ticks = _logarithmic([rate for _, rate in rated], 0, _SIDE)
    if linear:
        y_at, y_ticks = _linear(losses, _SIDE - 5, _TOP), sorted({min(losses), max(losses)})
    else:
        y_at, y_ticks = _logarithmic([max(loss, floor) for loss in losses], _SIDE - 5, _TOP)
    parts = [f'<text x="{x_at(at):.1f}" y="{_SIDE + 16}" text-anchor="middle">{at:.4g}</text>' for at in x_ticks]
    parts += [f'<text x="-6" y="{y_at(at) + 4:.1f}" text-anchor="end">{at:.4g}</text>' for at in y_ticks]
    if any(not _is_on_axis(run) for run in runs):
        parts.append(f'<text x="-6" y="{_ABOVE + 4}" text-anchor="end">∞</text>')
    for run, rate in rated:
        height = y_at(run.loss if linear else max(run.loss, floor)) if _is_on_axis(run) else _ABOVE
        at = f"translate({x_at(rate):.1f} {height:.1f})"
        parts.append(f'<path class="{run.outcome}" transform="{at}" d="{_SHAPES[run.outcome]}"/>')
    return "\n".join(parts)


def _is_on_axis(run: CloudRun) -> bool:
    return run.outcome != "diverged" and math.isfinite(run.loss)


def _paths(runs: Sequence[CloudRun]) -> str:
    """Both axes end where the runs that did not diverge end; the others leave the picture."""
    calm = [run for run in runs if run.outcome != "diverged"] or [
        run for run in runs if run.path and all(map(math.isfinite, run.path[0]))
    ]
    points = [point for run in calm for point in run.path if len(point) == 2 and all(map(math.isfinite, point))]
    if not points:
        return ""
    if calm[0].outcome == "diverged":  # all of them: where they begin, and as much around it as a picture needs
        points = [run.path[0] for run in calm]
        points += [[x + side, y + side] for x, y in points for side in (-1.0, 1.0)]
    x_at = _linear([x for x, _ in points], 5, _SIDE - 5)
    y_at = _linear([y for _, y in points], _SIDE - 5, 5)
    parts = []
    for run in runs:
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in _inside(run.path, x_at, y_at))
        parts.append(f'<polyline class="path {run.outcome}" points="{line}"/>')
    return "\n".join(parts)


def _inside(
    path: Sequence[Sequence[float]], x_at: Callable[[float], float], y_at: Callable[[float], float]
) -> Iterator[tuple[float, float]]:
    """A path's points in pixels, up to where it leaves the picture."""
    for at in path:
        if not all(map(math.isfinite, at)):
            return
        x, y = x_at(at[0]), y_at(at[1])
        if not (0 <= x <= _SIDE and 0 <= y <= _SIDE):
            return
        yield x, y


def _linear(values: Sequence[float], begin: float, end: float) -> Callable[[float], float]:
    low, high = min(values), max(values)
    return lambda value: begin + (end - begin) * ((value - low) / (high - low) if high > low else 0.5)


def _logarithmic(values: Sequence[float], begin: float, end: float) -> tuple[Callable[[float], float], list[float]]:
    """Where a value lies on an axis between powers of ten around all values, and those to write at it."""
    low = math.floor(math.log10(min(values, default=0.01)) + 1e-9)
    high = max(low + 1, math.ceil(math.log10(max(values, default=1.0)) - 1e-9))
    every = max(1, (high - low) // 5)
    return (
        lambda value: begin + (end - begin) * (math.log10(value) - low) / (high - low),
        [10.0**n for n in range(low, high + 1, every)],
    )
