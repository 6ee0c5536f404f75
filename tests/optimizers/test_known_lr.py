"""At its known rate each optimizer does well: on a ravine of condition 10, and on Beale's bent valley."""

import math

import pytest
import torch
from tests.optimizers.helpers import ON_SURFACES, Objective, loop


def ravine(p: torch.Tensor) -> torch.Tensor:
    """Eigenvalues 1 and 10, minimum 0 at (0, 0)."""
    return 0.5 * (p[0] ** 2 + 10 * p[1] ** 2)


def beale(p: torch.Tensor) -> torch.Tensor:
    """Minimum 0 at (3, 0.5)."""
    x, y = p
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


@pytest.mark.parametrize(("f", "start"), [(ravine, (-4.0, 1.5)), (beale, (2.0, 0.0))])
@pytest.mark.parametrize("optimizer", ON_SURFACES, ids=lambda optimizer: optimizer.id)
def test_the_loss_falls_to_a_tenth_within_500_steps(optimizer, f: Objective, start: tuple[float, float]):
    real, _ = loop(optimizer.id, {"lr": optimizer.known_lr}, f, torch.float32)
    real.p.data = torch.tensor(start)
    first = f(real.p).item()
    real.step(500)
    last = f(real.p).item()
    assert math.isfinite(last)
    assert last < first / 10
