"""The helper functions of an exported script, as text: training loops, a move of the parameters, the final check."""

from dataclasses import dataclass
from textwrap import indent

from steepest.export.script.literals import call


@dataclass(frozen=True)
class Loop:
    """A training loop.

    model: it trains `model` on data; else it moves `position` on a surface.
    needs: the optimizer's (`Optimizer.needs`).
    zero_grad: the gradient is cleared before each new one.
    schedule: how the learning-rate schedule is stepped, a key of `SCHEDULER_STEPS`; "" for none.
    batched: each step has its own samples.
    seeded: dropout uses a seed of its own at each step.
    history: each loss is appended to the list `history`.
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
        """The function's name."""
        ways = {"gradient": "", "closure": "_by_closure", "hessian": "_by_curvature"}
        adding = "" if self.zero_grad else "_adding_up"
        scheduled = {"": "", "step": "_on_schedule"}.get(self.schedule, f"_on_{self.schedule}")
        return f"{'train' if self.model else 'descend'}{ways[self.needs]}{adding}{scheduled}"

    @property
    def subject(self) -> str:
        """The variable that is trained."""
        return "model" if self.model else "position"

    def call(self, first: int, last: int) -> str:
        """The line that makes the updates from these steps."""
        scheduler = ", scheduler" if self.schedule else ""
        return f"{self.name}({self.subject}, optimizer, range({first}, {last}){scheduler})"

    @property
    def source(self) -> str:
        """The function's definition."""
        kind = "nn.Module" if self.model else "Tensor"
        scheduler = ", scheduler: torch.optim.lr_scheduler.LRScheduler" if self.schedule else ""
        given = [f"{self.subject}: {kind}", "optimizer: torch.optim.Optimizer", f"steps: range{scheduler}"]
        head = call(f"def {self.name}(", given, after=") -> None:")
        closure = f"\n{indent(self._closure, '    ')}\n" if self.needs == "closure" and not self.model else ""
        steps = f"{self._for}\n{indent(self._step, '        ')}"
        return f'{head}\n    """{self._about}"""\n{closure}    {steps}'

    @property
    def _about(self) -> str:
        about = {
            "gradient": "Makes the updates from these steps, each to the next one.",
            "closure": "Makes the updates from these steps; the optimizer evaluates the loss several times a step.",
            "hessian": "Makes the updates from these steps; the optimizer differentiates the gradient once more.",
        }[self.needs]
        return about if self.zero_grad else f"{about[:-1]}; gradients are never cleared, so they add up."

    @property
    def _for(self) -> str:
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

    @property
    def _step(self) -> str:
        """The lines of one step."""
        if self.needs == "closure":
            # L-BFGS returns the first loss. A model's closure is defined at each step, for its samples.
            loss = "loss = " if self.history or self.schedule == "plateau" else ""
            lines = [*([f"\n{self._closure}"] if self.model else []), f"{loss}optimizer.step(closure)"]
        else:
            backward = self._gradient_with_graph if self.needs == "hessian" else "loss.backward()"
            clear = ["optimizer.zero_grad()"] if self.zero_grad else []
            lines = [*clear, self._loss, backward, "optimizer.step()"]
        if self.history:
            lines.append("history.append(loss.item())")
        if self.schedule:
            lines.append(SCHEDULER_STEPS[self.schedule])
        return "\n".join(lines)

    @property
    def _gradient_with_graph(self) -> str:
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


# What follows an update, by id of the schedule; "step" for all that are not here.
SCHEDULER_STEPS = {
    "step": "scheduler.step()",
    "plateau": "scheduler.step(loss.item())",
    "one_cycle": "if scheduler.last_epoch + 1 < scheduler.total_steps:  # torch raises beyond it\n    scheduler.step()",
}

SCALE = '''\
def scale(scheduler: torch.optim.lr_scheduler.LRScheduler, ratio: float, rates: list[str]) -> None:
    """Multiplies every learning rate that the schedule uses, as the optimizer's own was multiplied."""
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
    """Moves the parameters; the optimizer keeps its state."""
    with torch.no_grad():
        position.copy_(torch.tensor(to, dtype=dtype))'''

MOVE_MODEL = '''\
def move(model: nn.Module, to: list[float]) -> None:
    """Sets the parameters, in the order of `model.parameters()`; an optimizer keeps its state."""
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

# Of compiled runs: one by PyTorch rounds differently.
CHECK_WITHIN = '''\
def check(name: str, position: Tensor, end: list[float], tolerance: float) -> None:
    """The run must end where its recording does, within the tolerance, which is relative to the largest parameter."""
    wanted = torch.tensor(end, dtype=dtype)
    if tolerance < torch.inf:
        within = tolerance * wanted.nan_to_num().abs().max().item()
        torch.testing.assert_close(position.detach(), wanted, rtol=0, atol=within, equal_nan=True)
    print(f"{name} ends at {position.tolist()}, recorded at {end}: loss {loss_at(position).item()}")'''

# No number equals NaN, so NaN among the last parameters needs another comparison.
CHECK_NAN = CHECK.replace(
    'assert torch.equal(position.detach(), wanted), f"{name} ends at {position.tolist()}, not at {end}"',
    "torch.testing.assert_close(position.detach(), wanted, rtol=0, atol=0, equal_nan=True)",
)

# Names that scripts define themselves, so that no copied source may have them.
RESERVED_NAMES = {
    *("check", "loss_at", "loss_of", "move", "new_model", "batches", "samples_of", "criterion", "scale"),
    *("after", "before", "device", "dtype", "name", "optimizer", "position", "state", "taken", "seed", "scheduler"),
    *("model", "parameter", "data", "inputs", "targets", "order", "train_order", "dev_order", "test_order"),
    *("history", "losses"),
    *(f"{part}_{what}" for part in ("train", "dev", "test") for what in ("inputs", "targets")),
    *(
        Loop(model=model, needs=needs, zero_grad=zero_grad, schedule=schedule).name
        for model in (False, True)
        for needs in ("gradient", "closure", "hessian")
        for zero_grad in (True, False)
        for schedule in ("", *SCHEDULER_STEPS)
    ),
}
