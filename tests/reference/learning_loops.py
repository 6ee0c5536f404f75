"""Plain PyTorch training loops, written as a learner would, with nothing of ours: oracles for models on data."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn, optim

MakeOptimizer = Callable[[Iterable[nn.Parameter]], optim.Optimizer]
# Before the update from a step: another optimizer, a changed one, or a net whose weights have been put elsewhere.
Change = Callable[[nn.Module, optim.Optimizer], optim.Optimizer]


@dataclass
class History:
    """What was seen at each step: the loss of its batch, the net before its update, and the gradient in `.grad`."""

    losses: list[float] = field(default_factory=list)
    params: list[list[float]] = field(default_factory=list)
    grads: list[list[float]] = field(default_factory=list)


def train(
    net: nn.Module,
    criterion: Callable[[Tensor, Tensor], Tensor],
    inputs: Tensor,
    targets: Tensor,
    make_optimizer: MakeOptimizer,
    steps: int,
    *,
    batches: Iterator[Tensor] | None = None,
    zero_grad: bool = True,
    l1: float = 0.0,
    l2: float = 0.0,
    changes: Mapping[int, Sequence[Change]] | None = None,
    make_schedule: Callable[[optim.Optimizer], optim.lr_scheduler.LRScheduler] | None = None,
    chance: Callable[[int], int] | None = None,
) -> History:
    """Trains the net for so many steps, and looks at it once more.

    batches: indices of the samples of each step; all samples in order without it. chance: what torch's generator is
    seeded with before a step, for dropout.
    """
    changes = changes or {}
    optimizer = make_optimizer(net.parameters())
    schedule = make_schedule(optimizer) if make_schedule else None
    history = History()
    for step in range(steps + 1):
        chosen = next(batches) if batches is not None else torch.arange(len(inputs))
        held = [None if p.grad is None else p.grad.clone() for p in net.parameters()]

        def look(step: int = step, chosen: Tensor = chosen) -> Tensor:
            if chance is not None:
                torch.manual_seed(chance(step))
            loss = criterion(net(inputs[chosen]), targets[chosen])
            if l1 or l2:
                for name, p in net.named_parameters():
                    if name.endswith("weight"):
                        loss = loss + l1 * p.abs().sum() + l2 * (p**2).sum()
            loss.backward()
            return loss

        def closure(look: Callable[[], Tensor] = look, optimizer: optim.Optimizer = optimizer) -> Tensor:
            optimizer.zero_grad()
            return look()

        if zero_grad:
            optimizer.zero_grad()
        loss = look()
        history.losses.append(loss.item())
        history.params.append(flat(net.parameters()))
        history.grads.append(flat(p.grad for p in net.parameters() if p.grad is not None))
        for change in changes.get(step, ()):
            optimizer = change(net, optimizer)
            for p, before in zip(net.parameters(), held, strict=True):  # the slope of this step belongs to elsewhere
                p.grad = None if zero_grad or before is None else before.clone()
            look()
        if isinstance(optimizer, optim.LBFGS):
            optimizer.step(closure)
        else:
            optimizer.step()
        if schedule is not None:
            schedule.step()
    return history


def flat(tensors: Iterable[Tensor]) -> list[float]:
    found: list[float] = torch.cat([tensor.detach().reshape(-1) for tensor in tensors]).tolist()
    return found


def put(net: nn.Module, values: Sequence[float]) -> None:
    """All weights and biases, in order."""
    nn.utils.vector_to_parameters(torch.tensor(values, dtype=next(net.parameters()).dtype), net.parameters())


def seed_of(seed: int, what: str, k: int) -> int:
    """63 bits that anyone can work out again: of the SHA-256 of "seed what k"."""
    return int(hashlib.sha256(f"{seed} {what} {k}".encode()).hexdigest()[:16], 16) // 2


def shuffled(count: int, size: int, seed: int) -> Iterator[Tensor]:
    """Epoch after epoch through all samples in a new order, in batches; the last of an epoch may be smaller."""
    epoch = 0
    while True:
        order = torch.randperm(count, generator=torch.Generator().manual_seed(seed_of(seed, "epoch", epoch)))
        yield from order.split(size)
        epoch += 1


def with_replacement(count: int, size: int, seed: int) -> Iterator[Tensor]:
    """Any samples at every step, some of them twice."""
    step = 0
    while True:
        generator = torch.Generator().manual_seed(seed_of(seed, "batch", step))
        yield torch.randint(0, count, (size,), generator=generator)
        step += 1
