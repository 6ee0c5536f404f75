"""An edit as the lines that a learner would type: what is set, and what must be mended where torch reads it only once.

The mending is that of each optimizer's `adjust`, written out; docs/adding-an-entry.md has the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields

from steepest.export.script.literals import literal, number
from steepest.export.script.sources import Sources
from steepest.optimizers import Optimizer
from steepest.spec import Value

Values = Mapping[str, Value]

# After an edit, from the hyperparameters before and after it, and whether the optimizer has made a step yet.
Mend = Callable[[Values, Values, bool], list[str]]

_ONE = "optimizer.state[position]"
_STATE = f"state = {_ONE}"


def _amsgrad(before: Values, after: Values, begun: bool) -> list[str]:
    if not begun or not after["amsgrad"] or before["amsgrad"]:
        return []
    return [
        "# torch makes a place for the largest second moment at the first step only.",
        _STATE,
        'state.setdefault("max_exp_avg_sq", torch.zeros_like(state["exp_avg_sq"]))',
    ]


def _rmsprop(before: Values, after: Values, begun: bool) -> list[str]:
    lines = []
    if begun and after["momentum"] and not before["momentum"]:
        lines.append('state.setdefault("momentum_buffer", torch.zeros_like(state["square_avg"]))')
    if begun and after["centered"] and not before["centered"]:
        lines.append('state["grad_avg"] = torch.zeros_like(state["square_avg"])')
    return ["# torch makes a place for these averages at the first step only.", _STATE, *lines] if lines else []


def _adagrad(before: Values, after: Values, begun: bool) -> list[str]:
    old, new = _float(before, "initial_accumulator_value"), _float(after, "initial_accumulator_value")
    if old == new:
        return []
    return [
        "# torch reads it once, when it builds the optimizer: the sum shifts as if it had begun there.",
        f'optimizer.state[position]["sum"].add_({number(new)} - {number(old)}).clamp_(min=0.0)',
    ]


def _rprop(before: Values, after: Values, begun: bool) -> list[str]:
    if not begun or before["lr"] == after["lr"]:
        return []
    return [
        "# torch reads it at the first step only: all step sizes start again from it.",
        f'optimizer.state[position]["step_size"].fill_({number(_float(after, "lr"))})',
    ]


def _asgd(before: Values, after: Values, begun: bool) -> list[str]:
    if not begun or all(before[name] == after[name] for name in ("lr", "lambd", "alpha", "t0")):
        return []
    lr, lambd, alpha, t0 = (number(_float(after, name)) for name in ("lr", "lambd", "alpha", "t0"))
    return [
        "# The last step has left its rate and weight for the next one; they are worked out anew.",
        _STATE,
        'taken = float(state["step"])',
        f'state["eta"].copy_(torch.as_tensor({lr} / (1 + {lambd} * {lr} * taken) ** {alpha}))',
        f'state["mu"].copy_(torch.as_tensor(1 / max(1, taken - {t0})))',
    ]


def _lbfgs(before: Values, after: Values, begun: bool) -> list[str]:
    lines = []
    iterations = after["max_iter"]
    assert isinstance(iterations, int)
    if after["max_eval"] is None and (before["max_eval"] is not None or before["max_iter"] != iterations):
        lines.append(f'optimizer.param_groups[0]["max_eval"] = {iterations * 5 // 4}  # 5/4 of max_iter')
    if begun and before["history_size"] != after["history_size"]:
        lines += [
            "# The oldest steps are forgotten, and the work list is made anew.",
            _STATE,
            'state.pop("al", None)',
            'for name in ("old_dirs", "old_stps", "ro"):',
            "    if state.get(name):",
            f"        state[name] = state[name][-{after['history_size']} :]",
        ]
    return lines


# By id of the built-in optimizers that have an `adjust`; a test compares the two.
MENDS: Mapping[str, Mend] = {
    "adam": _amsgrad,
    "adamw": _amsgrad,
    "rmsprop": _rmsprop,
    "adagrad": _adagrad,
    "rprop": _rprop,
    "asgd": _asgd,
    "lbfgs": _lbfgs,
}

_NO_ADJUST = next(field.default for field in fields(Optimizer) if field.name == "adjust")


def adjusts(optimizer: Optimizer) -> bool:
    """Whether an edit of it needs more than the new hyperparameters in the parameter group."""
    return optimizer.adjust is not _NO_ADJUST


def settings(
    optimizer: Optimizer, before: Values, after: Values, begun: bool, sources: Sources, *, many: bool = False
) -> list[str]:
    """Lines that change a running optimizer's hyperparameters. begun: it has made a step. many: of several parameters.

    Raises `Invalid` for another package's `adjust` that cannot be imported.
    """
    names = [name for name in after if repr(after[name]) != repr(before[name])]
    lines = [f'optimizer.param_groups[0]["{name}"] = {literal(after[name])}' for name in names]
    if optimizer.id == "lbfgs":  # None is torch's word for "work it out", which it does only once
        lines = [line for line in lines if line != 'optimizer.param_groups[0]["max_eval"] = None']
    if not adjusts(optimizer):
        return lines
    if optimizer.torch_class.__module__.partition(".")[0] in ("torch", "steepest") and optimizer.id in MENDS:
        mends = MENDS[optimizer.id](before, after, begun)
        return lines + (_of_each(mends) if many else mends)
    adjust = sources.use(optimizer.adjust)
    old, new = (", ".join(f'"{name}": {literal(each[name])}' for name in after) for each in (before, after))
    return [*lines, f"before = {{{old}}}", f"after = {{{new}}}", f"{adjust}(optimizer, before, after)"]


def _of_each(lines: list[str]) -> list[str]:
    """The same lines for the state of every parameter: L-BFGS keeps one for all."""
    found = []
    inside = ""
    for line in lines:
        if line.startswith(_ONE):
            found += ["for state in optimizer.state.values():", f"    state{line.removeprefix(_ONE)}"]
        elif line == _STATE:
            found.append("for state in optimizer.state.values():")
            inside = "    "
        else:
            found.append(f"{inside}{line}")
    return found


def _float(values: Values, name: str) -> float:
    value = values[name]
    assert isinstance(value, int | float)
    return float(value)
