"""The helpers of an exported script, as text: the training loop as an optimizer needs it, a move, the check."""

from dataclasses import dataclass
from textwrap import indent

from steepest.export.script.literals import call


@dataclass(frozen=True)
class Loop:
    """What a training loop must be able to do.

    model: it trains `model` on data; else it moves `position` on a surface. needs: the optimizer's (`Optimizer.needs`).
    zero_grad: the gradient is cleared before each new one. schedule: how that of the learning rate is stepped, a key of
    `SCHEDULED`; "" for none. batched: each step has its own samples. seeded: dropout is drawn from the step's own seed.
    history: each loss is appended to a list of that name.
    """

    model: bool = False
    needs: str = "gradient"
    zero_grad: bool = True
    schedule: str = ""
    batched: bool = False
    seeded: bool = False
    history: bool = False

    @property
    def name(self) -> str:
        """What it is called."""
        ways = {"gradient": "", "closure": "_by_closure", "hessian": "_by_curvature"}
        adding = "" if self.zero_grad else "_adding_up"
        scheduled = {"": "", "step": "_on_schedule"}.get(self.schedule, f"_on_{self.schedule}")
        return f"{'train' if self.model else 'descend'}{ways[self.needs]}{adding}{scheduled}"

    @property
    def subject(self) -> str:
        """What is trained."""
        return "model" if self.model else "position"

    def call(self, first: int, last: int) -> str:
        """The line that makes the updates from these steps."""
        scheduler = ", scheduler" if self.schedule else ""
        return f"{self.name}({self.subject}, optimizer, range({first}, {last}){scheduler})"

    @property
    def source(self) -> str:
        """Its definition."""
        kind = "nn.Module" if self.model else "Tensor"
        scheduler = ", scheduler: torch.optim.lr_scheduler.LRScheduler" if self.schedule else ""
        given = [f"{self.subject}: {kind}", "optimizer: torch.optim.Optimizer", f"steps: range{scheduler}"]
        head = call(f"def {self.name}(", given, after=") -> None:")
        # With its own samples at each step the closure has to be made within the loop.
        inner = self.model or self.needs != "closure"
        before = "" if inner else f"\n{indent(self._closure, '    ')}\n"
        steps = f"{self._each}\n{indent(self._step(inner), '        ')}"
        return f'{head}\n    """{self._about}"""\n{before}    {steps}'

    @property
    def _about(self) -> str:
        about = {
            "gradient": "Makes the updates from these steps, each to the next one.",
            "closure": "Makes the updates from these steps; the optimizer evaluates the loss several times a step.",
            "hessian": "Makes the updates from these steps; the optimizer differentiates the gradient once more.",
        }[self.needs]
        return about if self.zero_grad else f"{about[:-1]}; gradients are never cleared, and add up."

    @property
    def _each(self) -> str:
        if self.batched:
            return "for step, (inputs, targets) in zip(steps, batches(steps)):"
        return f"for {'step' if self.seeded else '_'} in steps:"

    @property
    def _loss(self) -> str:
        """The lines that set `loss`."""
        if not self.model:
            return "loss = loss_at(position)"
        seeded = 'torch.manual_seed(seed_for(seed, "dropout", step))\n' if self.seeded else ""
        samples = "inputs, targets" if self.batched else "train_inputs, train_targets"
        return f"{seeded}loss = loss_of(model, {samples})"

    def _step(self, inner: bool) -> str:
        lines = ["optimizer.zero_grad()"] if self.zero_grad and self.needs != "closure" else []
        if self.needs == "closure":
            closure = f"\n{self._closure}" if inner else ""
            # L-BFGS returns the loss that it found first.
            lines += [*([closure] if closure else []), f"{'loss = ' if self._uses_loss else ''}optimizer.step(closure)"]
        elif self.needs == "hessian":
            lines += [self._loss, self._graph, "optimizer.step()"]
        else:
            lines += [self._loss, "loss.backward()", "optimizer.step()"]
        if self.history:
            lines.append("history.append(loss.item())")
        if self.schedule:
            lines.append(SCHEDULED[self.schedule])
        return "\n".join(lines)

    @property
    def _uses_loss(self) -> bool:
        return self.history or self.schedule == "plateau"

    @property
    def _graph(self) -> str:
        if not self.model:
            return "(position.grad,) = torch.autograd.grad(loss, [position], create_graph=True)"
        return (
            "gradients = torch.autograd.grad(loss, list(model.parameters()), create_graph=True)\n"
            "for parameter, gradient in zip(model.parameters(), gradients):\n"
            "    parameter.grad = gradient"
        )

    @property
    def _closure(self) -> str:
        nan = "position.grad = torch.full_like(position, torch.nan)"
        if self.model:
            nan = "for parameter in model.parameters():\n    parameter.grad = torch.full_like(parameter, torch.nan)"
        lines = [
            "optimizer.zero_grad()",
            self._loss,
            "loss.backward()",
            "if loss.isnan():  # a NaN with a finite slope would break the line search",
            indent(nan, "    "),
            "return loss",
        ]
        return "def closure() -> Tensor:\n" + indent("\n".join(lines), "    ") + "\n"


# By id of a schedule, or "step" for all others: what comes after an update.
SCHEDULED = {
    "step": "scheduler.step()",
    "plateau": "scheduler.step(loss.item())",
    "one_cycle": "if scheduler.last_epoch + 1 < scheduler.total_steps:  # torch raises beyond it\n    scheduler.step()",
}

SCALE = '''\
def scale(scheduler: torch.optim.lr_scheduler.LRScheduler, ratio: float, rates: list[str]) -> None:
    """Multiplies every learning rate that the schedule goes by: the optimizer's own was changed in that ratio."""
    for group in scheduler.optimizer.param_groups:
        for name in ("lr", "initial_lr", "max_lr", "min_lr"):
            if name in group:
                group[name] = min(group[name] * ratio, 1e6)
    for name in ("base_lrs", "_last_lr", *rates):
        held = getattr(scheduler, name, None)
        if isinstance(held, list):
            setattr(scheduler, name, [min(each * ratio, 1e6) for each in held])
        elif held is not None:
            setattr(scheduler, name, min(held * ratio, 1e6))'''

MOVE = '''\
def move(position: Tensor, to: list[float]) -> None:
    """Puts the parameters somewhere else; the optimizer keeps its state."""
    with torch.no_grad():
        position.copy_(torch.tensor(to, dtype=dtype))'''

MOVE_MODEL = '''\
def move(model: nn.Module, to: list[float]) -> None:
    """Puts the parameters somewhere, in the order of `model.parameters()`; an optimizer keeps its state."""
    sizes = [parameter.numel() for parameter in model.parameters()]
    with torch.no_grad():
        for parameter, piece in zip(model.parameters(), torch.tensor(to, dtype=dtype).split(sizes)):
            parameter.copy_(piece.view_as(parameter))'''

CHECK = '''\
def check(name: str, position: Tensor, end: list[float]) -> None:
    """The run must end where its recording does."""
    wanted = torch.tensor(end, dtype=dtype)
    assert torch.equal(position.detach(), wanted), f"{name} ends at {position.tolist()}, not at {end}"
    print(f"{name} ends at {position.tolist()}, as recorded: loss {loss_at(position).item()}")'''

# No number equals NaN: where one is among the last parameters, another comparison.
CHECK_NAN = CHECK.replace(
    'assert torch.equal(position.detach(), wanted), f"{name} ends at {position.tolist()}, not at {end}"',
    "torch.testing.assert_close(position.detach(), wanted, rtol=0, atol=0, equal_nan=True)",
)

# Names that scripts have themselves.
TAKEN = {
    *("check", "loss_at", "loss_of", "move", "new_model", "batches", "samples_of", "criterion"),
    *(
        "after",
        "before",
        "device",
        "dtype",
        "name",
        "optimizer",
        "position",
        "state",
        "taken",
        "seed",
        "scheduler",
        "scale",
    ),
    *(
        "model",
        "parameter",
        "data",
        "inputs",
        "targets",
        "order",
        "train_order",
        "dev_order",
        "test_order",
        "history",
        "losses",
    ),
    *(f"{part}_{what}" for part in ("train", "dev", "test") for what in ("inputs", "targets")),
    *(
        Loop(model=model, needs=needs, zero_grad=zero_grad, schedule=schedule).name
        for model in (False, True)
        for needs in ("gradient", "closure", "hessian")
        for zero_grad in (True, False)
        for schedule in ("", *SCHEDULED)
    ),
}
