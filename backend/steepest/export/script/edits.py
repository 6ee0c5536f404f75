"""An edit of hyperparameters as the lines that a learner would type.

torch reads some hyperparameters only once, so a few optimizers need changes of their state as well. These are the ones
of each optimizer's `adjust`, written out; docs/adding-an-entry.md has the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields

from steepest.export.script.literals import literal, number
from steepest.export.script.sources import Sources
from steepest.optimizers import Optimizer
from steepest.spec import Value

Values = Mapping[str, Value]

# From the hyperparameters before and after an edit: a comment and lines that change `state`, or nothing. All but
# Adagrad's state exists only after the first step.
StateFix = Callable[[Values, Values], list[str]]


def _amsgrad(before: Values, after: Values) -> list[str]:
    if not after["amsgrad"] or before["amsgrad"]:
        return []
    return [
        "# torch creates the largest second moment at the first step only.",
        'state.setdefault("max_exp_avg_sq", torch.zeros_like(state["exp_avg_sq"]))',
    ]


def _rmsprop(before: Values, after: Values) -> list[str]:
    lines = []
    if after["momentum"] and not before["momentum"]:
        lines.append('state.setdefault("momentum_buffer", torch.zeros_like(state["square_avg"]))')
    if after["centered"] and not before["centered"]:
        lines.append('state["grad_avg"] = torch.zeros_like(state["square_avg"])')
    return ["# torch creates these averages at the first step only.", *lines] if lines else []


def _adagrad(before: Values, after: Values) -> list[str]:
    old, new = _float(before, "initial_accumulator_value"), _float(after, "initial_accumulator_value")
    if old == new:
        return []
    return [
        "# torch reads it only when it builds the optimizer: shift the sum as if it had started there.",
        f'state["sum"].add_({number(new)} - {number(old)}).clamp_(min=0.0)',
    ]


def _rprop(before: Values, after: Values) -> list[str]:
    if before["lr"] == after["lr"]:
        return []
    return [
        "# torch reads it at the first step only: all step sizes start again from it.",
        f'state["step_size"].fill_({number(_float(after, "lr"))})',
    ]


def _asgd(before: Values, after: Values) -> list[str]:
    if all(before[name] == after[name] for name in ("lr", "lambd", "alpha", "t0")):
        return []
    lr, lambd, alpha, t0 = (number(_float(after, name)) for name in ("lr", "lambd", "alpha", "t0"))
    return [
        "# The last step computed the rate and weight of the next one: compute them again.",
        'taken = float(state["step"])',
        f'state["eta"].copy_(torch.as_tensor({lr} / (1 + {lambd} * {lr} * taken) ** {alpha}))',
        f'state["mu"].copy_(torch.as_tensor(1 / max(1, taken - {t0})))',
    ]


def _lbfgs(before: Values, after: Values) -> list[str]:
    if before["history_size"] == after["history_size"]:
        return []
    return [
        "# Forget the oldest steps and the work list.",
        'state.pop("al", None)',
        'for name in ("old_dirs", "old_stps", "ro"):',
        "    if state.get(name):",
        f"        state[name] = state[name][-{after['history_size']} :]",
    ]


# By id of the built-in optimizers that have an `adjust`; a test compares the two.
STATE_FIXES: Mapping[str, StateFix] = {
    "adam": _amsgrad,
    "adamw": _amsgrad,
    "rmsprop": _rmsprop,
    "adagrad": _adagrad,
    "rprop": _rprop,
    "asgd": _asgd,
    "lbfgs": _lbfgs,
}

_NO_ADJUST = next(field.default for field in fields(Optimizer) if field.name == "adjust")


def has_adjust(optimizer: Optimizer) -> bool:
    """Whether an edit of the optimizer needs more than new hyperparameters in the parameter group."""
    return optimizer.adjust is not _NO_ADJUST


def edit_lines(
    optimizer: Optimizer, before: Values, after: Values, begun: bool, sources: Sources, *, model: bool = False
) -> list[str]:
    """The lines that change a running optimizer's hyperparameters.

    begun: it has made a step.
    model: it trains several parameters, not one position.
    Raises `Invalid` for another package's `adjust` that cannot be imported by name.
    """
    changed = {name: value for name, value in after.items() if repr(value) != repr(before[name])}
    derived = None
    if optimizer.id == "lbfgs" and after["max_eval"] is None and changed.keys() & {"max_eval", "max_iter"}:
        changed.pop("max_eval", None)
        iterations = after["max_iter"]
        assert isinstance(iterations, int)
        derived = f'optimizer.param_groups[0]["max_eval"] = {iterations * 5 // 4}  # 5/4 of max_iter'
    lines = [f'optimizer.param_groups[0]["{name}"] = {literal(value)}' for name, value in changed.items()]
    lines += [derived] if derived else []
    if not has_adjust(optimizer):
        return lines
    package = optimizer.torch_class.__module__.partition(".")[0]
    if package not in ("torch", "steepest") or optimizer.id not in STATE_FIXES:
        adjust = sources.use(optimizer.adjust)
        old, new = (", ".join(f'"{name}": {literal(each[name])}' for name in after) for each in (before, after))
        return [*lines, f"before = {{{old}}}", f"after = {{{new}}}", f"{adjust}(optimizer, before, after)"]
    fix = STATE_FIXES[optimizer.id](before, after) if begun or optimizer.id == "adagrad" else []
    if not fix:
        return lines
    comment, *changes = fix
    if model:
        return [*lines, comment, "for state in optimizer.state.values():", *(f"    {line}" for line in changes)]
    return [*lines, comment, "state = optimizer.state[position]", *changes]


def _float(values: Values, name: str) -> float:
    value = values[name]
    assert isinstance(value, int | float)
    return float(value)
