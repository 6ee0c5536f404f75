"""L-BFGS: estimates the curvature from recent steps; one step evaluates the loss several times."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from torch import optim

from steepest.optimizers.hyperparameters import learning_rate
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.symbolic import Array, Term, leaf
from steepest.optimizers.worked_step import Line, StepData, StepLines, flat_array
from steepest.spec import Choice, Text, Value, float_value, integer, invalid, number

MIN_LR_WITH_SEARCH = 1e-12
MAX_EVALUATIONS_WITH_SEARCH = 32

_LINE_SEARCH = 25  # evaluations of one line search, torch's `max_ls`

# Each iteration goes through the whole history twice. With this limit a step of eight runs takes 0.5 s on a surface and
# 1 to 2 s on a net; with 100 iterations it took 4 s, twice the time that a step may take.
MAX_ITERATIONS = 40


def _check_line_search(values: Mapping[str, Value]) -> None:
    """Torch's line search divides by the length of its first step, so a rate of 0 raises.

    Where the loss is unbounded below, it multiplies the step by 10 at each evaluation: from a rate of 1e6, the 33rd
    exceeds float32, which raises too.
    """
    if values["line_search_fn"] is None:
        return
    evaluations, iterations = values["max_eval"], int(float_value(values, "max_iter"))
    if float_value(values, "lr") < MIN_LR_WITH_SEARCH:
        raise invalid(
            "lr",
            f"a line search needs a learning rate of at least {MIN_LR_WITH_SEARCH:g}",
            f"线搜索要求学习率至少为 {MIN_LR_WITH_SEARCH:g}",
        )
    most = MAX_EVALUATIONS_WITH_SEARCH
    if evaluations is None and _evaluations(iterations) > most:
        raise invalid(
            "max_eval",
            f"a line search with this max_iter needs a max_eval, at most {most}",
            f"使用线搜索且 max_iter 为此值时须给出 max_eval，至多 {most}",
        )
    if isinstance(evaluations, int) and evaluations > most:
        raise invalid(
            "max_eval", f"a line search allows at most {most} evaluations a step", f"使用线搜索时每步至多求值 {most} 次"
        )


def _state_tensors(values: Mapping[str, Value]) -> int:
    """Two for each step in the history, the direction, two gradients and the start of a line search."""
    return 2 * int(float_value(values, "history_size")) + 4


def _evaluations(max_iter: int) -> int:
    """Torch's value for a `max_eval` of None."""
    return max_iter * 5 // 4


def _most_evaluations(values: Mapping[str, Value]) -> int:
    """A line search ends after so many of its own, and only then is `max_eval` looked at."""
    limit = values["max_eval"]
    most = limit if isinstance(limit, int) else _evaluations(int(float_value(values, "max_iter")))
    return most if values["line_search_fn"] is None else most + _LINE_SEARCH


def _apply_limits(optimizer: optim.Optimizer, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Torch resolves a `max_eval` of None and allocates `history_size` places only once; this does so after an edit.

    A history longer than the new size loses its oldest pairs.
    """
    for group in optimizer.param_groups:
        if group["max_eval"] is None:
            group["max_eval"] = _evaluations(group["max_iter"])
    if after["history_size"] == before["history_size"]:
        return
    for state in optimizer.state.values():
        state.pop("al", None)  # holds nothing from one iteration to the next
        for name in ("old_dirs", "old_stps", "ro"):
            if state.get(name):
                state[name] = state[name][-after["history_size"] :]


def _worked_step(step: StepData) -> tuple[Line, ...]:
    """One step of many iterations: shows the last direction and length, and the sum of the earlier moves."""
    lines = StepLines(step)
    lines.gradient()
    iterations = int(step.after["n_iter"]) - int(step.before.get("n_iter", 0))
    lines.line("K", leaf("K", float(iterations)))
    if iterations == 0:  # the gradient is within the tolerance
        return lines.update(leaf("0", np.zeros_like(step.theta)))
    d = lines.slot("d", leaf(r"-H_K\,g_K", flat_array(step.after["d"])), name="d_K")
    t = lines.slot("t", leaf("t_K", flat_array(step.after["t"])), name="t_K")
    last = _last_move(step, d, t)
    if iterations == 1:
        return lines.update(last)
    return lines.update(_earlier_moves(step, iterations, last) + last)


def _last_move(step: StepData, d: Term, t: Term) -> Term:
    """The last move: t d, or 0 where torch found the slope along the direction d too small."""
    slope = flat_array(step.after["prev_flat_grad"]) @ d.value
    if slope > -step.values["tolerance_change"]:
        return leaf("0", np.zeros_like(step.theta))
    return t * d


def _earlier_moves(step: StepData, iterations: int, last: Term) -> Term:
    """The sum of all moves of this step but the last.

    The moves are in the history, unless one had too little curvature or the history is too short: then the sum is the
    update minus the last move.
    """
    before = [flat_array(move) for move in step.before.get("old_stps") or ()]
    after = [flat_array(move) for move in step.after.get("old_stps") or ()]
    new = next(n for n in range(len(after) + 1) if _ends_with(before, after[: len(after) - n]))
    # The first iteration adds the last move of the previous step, if there was one.
    kept = new == iterations - (0 if step.before.get("n_iter") else 1) and new >= iterations - 1
    moves = np.sum(after[1 - iterations :], axis=0) if kept else step.update - last.value
    return leaf(r"\sum_{k<K} t_k d_k", moves)


def _ends_with(whole: list[Array], end: list[Array]) -> bool:
    tail = whole[len(whole) - len(end) :]
    return len(tail) == len(end) and all(np.array_equal(a, b) for a, b in zip(tail, end, strict=True))


LBFGS = Optimizer(
    id="lbfgs",
    title=Text("L-BFGS", "L-BFGS"),
    about=Text(
        "Estimates the curvature from its own path: one step here contains many iterations, straight to the minimum.",
        "从自己的路径估计曲率：这里的一步包含许多次迭代，直奔极小点。",
    ),
    formula=(
        r"\text{one step: up to max\_iter times, } g_k = \nabla f(\theta_k)\quad(N\text{ evaluations so far})",
        r"s_k = \theta_k - \theta_{k-1},\quad y_k = g_k - g_{k-1}"
        r"\quad(\text{kept if } y_k^\top s_k > 10^{-10})",
        r"H_k = V_k^\top H_{k-1} V_k + \rho_k s_k s_k^\top,\quad \rho_k = 1/(y_k^\top s_k),"
        r"\quad V_k = I - \rho_k y_k s_k^\top,\quad H_0 = \frac{s_k^\top y_k}{y_k^\top y_k} I",
        r"d_k = -H_k g_k\quad(\text{first: } d = -g)",
        r"\theta_{k+1} = \theta_k + t_k d_k,\quad t_k = \eta\quad(\text{first: } \eta\min(1, 1/\lVert g\rVert_1);"
        r"\ \text{strong Wolfe: found by a line search from there})",
    ),
    source="torch.optim.LBFGS; Nocedal 1980, Math. Comp. 35; Liu & Nocedal 1989, Math. Programming 45",
    torch_class=optim.LBFGS,
    evaluations=_most_evaluations,
    worked_step=_worked_step,
    params=(
        learning_rate(1.0),
        integer(
            "max_iter",
            Text("iterations", "迭代次数"),
            Text("At most so many iterations within one step.", "一步之内最多迭代几次。"),
            default=20,
            accepts=(1, MAX_ITERATIONS),
            slider=(1, 40),
        ),
        integer(
            "max_eval",
            Text("evaluations", "求值次数"),
            Text(
                "At most so many evaluations of the loss within one step; null: 5/4 of the iterations.",
                "一步之内最多求值几次；null：迭代次数的 5/4。",
            ),
            default=None,
            accepts=(1, _evaluations(MAX_ITERATIONS)),
            slider=(1, 50),
            optional=True,
        ),
        number(
            "tolerance_grad",
            Text("gradient tolerance", "梯度容差"),
            Text("Stops iterating when no component of the gradient is larger.", "梯度各分量都不超过它时停止迭代。"),
            default=1e-7,
            accepts=(0.0, 1e3),
            slider=(1e-12, 1.0),
            log=True,
        ),
        number(
            "tolerance_change",
            Text("change tolerance", "变化容差"),
            Text(
                "Stops iterating when the loss or the parameters change less than this.",
                "损失或参数的变化小于它时停止迭代。",
            ),
            default=1e-9,
            accepts=(0.0, 1e3),
            above=True,  # at 0 torch's line search shrinks its bracket to width 0 and divides by it
            slider=(1e-12, 1.0),
            log=True,
        ),
        integer(
            "history_size",
            Text("history", "历史长度"),
            Text("The number of past steps from which the curvature is estimated.", "用最近多少步来估计曲率。"),
            default=100,
            accepts=(
                1,
                100,
            ),  # torch accepts 0 and then fails; torch's default; each iteration goes through all of it twice
        ),
        Choice(
            id="line_search_fn",
            title=Text("line search", "线搜索"),
            help=Text(
                "Tries step lengths until loss and slope have decreased enough; null: uses the learning rate.",
                "尝试多个步长，直到损失和坡度都下降得足够；null：直接用学习率。",
            ),
            optional=True,
            default=None,
            options=("strong_wolfe",),
        ),
    ),
    known_lr=1.0,
    state=(
        StateSlot(name="d", symbol="d", title=Text("direction", "方向")),
        StateSlot(name="t", symbol="t", title=Text("step length", "步长"), scalar=True),
        StateSlot(name="func_evals", symbol="N", title=Text("evaluations so far", "累计求值次数"), scalar=True),
    ),
    adjust=_apply_limits,
    needs="closure",
    keeps=_state_tensors,
    check=_check_line_search,
)
