"""The helpers of an exported script, as text: the training loop for each of an optimizer's needs, a move, the check."""

# By `Optimizer.needs`: name and source.
LOOPS = {
    "gradient": (
        "descend",
        '''\
def descend(position: Tensor, optimizer: torch.optim.Optimizer, steps: range) -> None:
    """Makes the updates from these steps, each to the next one."""
    for _ in steps:
        optimizer.zero_grad()
        loss = loss_at(position)
        loss.backward()
        optimizer.step()''',
    ),
    "closure": (
        "descend_by_closure",
        '''\
def descend_by_closure(position: Tensor, optimizer: torch.optim.Optimizer, steps: range) -> None:
    """Makes the updates from these steps; the optimizer evaluates the loss several times within each."""

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = loss_at(position)
        loss.backward()
        if loss.isnan():  # a NaN with a finite slope would break the line search
            position.grad = torch.full_like(position, torch.nan)
        return loss

    for _ in steps:
        optimizer.step(closure)''',
    ),
    "hessian": (
        "descend_by_curvature",
        '''\
def descend_by_curvature(position: Tensor, optimizer: torch.optim.Optimizer, steps: range) -> None:
    """Makes the updates from these steps; the optimizer differentiates the gradient once more."""
    for _ in steps:
        optimizer.zero_grad()
        loss = loss_at(position)
        (position.grad,) = torch.autograd.grad(loss, [position], create_graph=True)
        optimizer.step()''',
    ),
}

MOVE = '''\
def move(position: Tensor, to: list[float]) -> None:
    """Puts the parameters somewhere else; the optimizer keeps its state."""
    with torch.no_grad():
        position.copy_(torch.tensor(to, dtype=dtype))'''

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
    *("check", "descend", "descend_by_closure", "descend_by_curvature", "loss_at", "move"),
    *("after", "before", "device", "dtype", "name", "optimizer", "position", "state", "taken"),
}
