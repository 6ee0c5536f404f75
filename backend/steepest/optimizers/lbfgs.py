"""L-BFGS: guesses the curvature from the last few steps and evaluates the loss as often as it likes within a step."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from torch import optim

from steepest.optimizers.hyperparameters import learning_rate
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.symbolic import Array, Term, leaf
from steepest.optimizers.worked_step import Line, StepData, StepLines, flat_array
from steepest.spec import Choice, Integer, Invalid, Number, Text, Value

LEAST_LR_TO_SEARCH = 1e-12
MOST_EVALUATIONS_TO_SEARCH = 32

# Each goes through the whole history twice. Eight runs with so many take half a second a step on a surface and one to
# two on a net; with 100 it was four, twice what a step may take, and everybody's page waits for it.
MOST_ITERATIONS = 40


def _a_search_must_be_able_to_end(values: Mapping[str, Value]) -> None:
    """The line search of torch divides by the length of its first step, so 0 raises.

    And where the loss falls for ever it multiplies the step by 10 at each evaluation: from a rate of 1e6, the 33rd is
    beyond float32, which raises too.
    """
    if values["line_search_fn"] is None:
        return
    lr, evaluations, iterations = values["lr"], values["max_eval"], values["max_iter"]
    assert isinstance(lr, float)
    assert isinstance(iterations, int)
    if lr < LEAST_LR_TO_SEARCH:
        raise Invalid(
            "lr",
            Text(
                f"a line search needs a learning rate of at least {LEAST_LR_TO_SEARCH:g}",
                f"线搜索要求学习率至少为 {LEAST_LR_TO_SEARCH:g}",
            ),
        )
    most = MOST_EVALUATIONS_TO_SEARCH
    if evaluations is None and _evaluations(iterations) > most:
        raise Invalid(
            "max_eval",
            Text(
                f"a line search with this max_iter needs a max_eval, at most {most}",
                f"使用线搜索且 max_iter 为此值时须给出 max_eval，至多 {most}",
            ),
        )
    if isinstance(evaluations, int) and evaluations > most:
        raise Invalid(
            "max_eval",
            Text(f"a line search allows at most {most} evaluations a step", f"使用线搜索时每步至多求值 {most} 次"),
        )


def _kept(values: Mapping[str, Value]) -> int:
    """A pair a step remembered; beside them the direction, two gradients and where a line search began."""
    size = values["history_size"]
    assert isinstance(size, int)
    return 2 * size + 4


def _evaluations(max_iter: int) -> int:
    """What torch takes for a `max_eval` of None."""
    return max_iter * 5 // 4


def _mend(optimizer: optim.Optimizer, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """What torch does only once: it resolves a `max_eval` of None and makes a work list of `history_size` places.

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
    """One step of many iterations: the last one's direction and length are kept, and the moves of those before it."""
    lines = StepLines(step)
    lines.gradient()
    iterations = int(step.after["n_iter"]) - int(step.before.get("n_iter", 0))
    lines.line("K", leaf("K", float(iterations)))
    if iterations == 0:  # flat enough at the start
        return lines.update(leaf("0", np.zeros_like(step.theta)))
    d = lines.slot("d", leaf(r"-H_K\,g_K", flat_array(step.after["d"])), name="d_K")
    t = lines.slot("t", leaf("t_K", flat_array(step.after["t"])), name="t_K")
    last = _last_move(step, d, t)
    if iterations == 1:
        return lines.update(last)
    return lines.update(_earlier_moves(step, iterations, last) + last)


def _last_move(step: StepData, d: Term, t: Term) -> Term:
    """Torch works out a direction before it finds that the slope along it is too slight to go there."""
    slope = flat_array(step.after["prev_flat_grad"]) @ d.value
    if slope > -step.values["tolerance_change"]:
        return leaf("0", np.zeros_like(step.theta))
    return t * d


def _earlier_moves(step: StepData, iterations: int, last: Term) -> Term:
    """All moves of this step but the last, in one sum.

    They are among those that L-BFGS keeps to know the curvature by, unless one bent too little or the history is too
    short: then the sum is what the last move leaves of the update.
    """
    before = [flat_array(move) for move in step.before.get("old_stps") or ()]
    after = [flat_array(move) for move in step.after.get("old_stps") or ()]
    new = next(n for n in range(len(after) + 1) if _ends_with(before, after[: len(after) - n]))
    # The first iteration keeps the last move of the step before, where there was one.
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
        "Learns the curvature from its own path: one step here is many small ones, straight at the minimum.",
        "从自己的路径学到曲率：这里的一步包含许多小步，直奔极小点。",
    ),
    formula=(
        r"\text{one step: up to max\_iter times, } g_k = \nabla f(\theta_k)",
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
    worked_step=_worked_step,
    params=(
        learning_rate(1.0),
        Integer(
            id="max_iter",
            title=Text("iterations", "迭代次数"),
            help=Text("Iterations within one step, at most.", "一步之内最多迭代几次。"),
            default=20,
            minimum=1,
            maximum=MOST_ITERATIONS,
            low=1,
            high=40,
        ),
        Integer(
            id="max_eval",
            title=Text("evaluations", "求值次数"),
            help=Text(
                "Evaluations of the loss within one step, at most; null: 5/4 of the iterations.",
                "一步之内最多求值几次；null：迭代次数的 5/4。",
            ),
            optional=True,
            default=None,
            minimum=1,
            maximum=_evaluations(MOST_ITERATIONS),
            low=1,
            high=50,
        ),
        Number(
            id="tolerance_grad",
            title=Text("gradient tolerance", "梯度容差"),
            help=Text("Stops iterating when no part of the gradient is larger.", "梯度各分量都不超过它时停止迭代。"),
            default=1e-7,
            minimum=0.0,
            maximum=1e3,
            low=1e-12,
            high=1.0,
            scale="log",
        ),
        Number(
            id="tolerance_change",
            title=Text("change tolerance", "变化容差"),
            help=Text("Stops iterating when loss or parameters change less.", "损失或参数的变化小于它时停止迭代。"),
            default=1e-9,
            minimum=0.0,
            above=True,  # at 0 torch's line search shrinks its bracket to nothing and divides by its width
            maximum=1e3,
            low=1e-12,
            high=1.0,
            scale="log",
        ),
        Integer(
            id="history_size",
            title=Text("history", "历史长度"),
            help=Text("How many past steps tell of the curvature.", "用最近多少步来估计曲率。"),
            default=100,
            minimum=1,  # torch accepts 0 and then fails
            maximum=100,  # torch's default; each iteration goes through all of it twice
            low=1,
            high=100,
        ),
        Choice(
            id="line_search_fn",
            title=Text("line search", "线搜索"),
            help=Text(
                "Tries lengths of a step until loss and slope have fallen enough; null: takes the learning rate.",
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
    ),
    adjust=_mend,
    needs="closure",
    keeps=_kept,
    check=_a_search_must_be_able_to_end,
)
