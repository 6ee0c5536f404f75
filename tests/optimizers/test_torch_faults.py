"""Why some ranges are narrower than torch's own: what happens in torch beyond them. When one of these no longer raises,
the range can be widened.
"""

import pytest
import torch


def step(torch_class, times=1, f=lambda p: 0.4 * p.sum(), **hyper):
    p = torch.nn.Parameter(torch.tensor([1.5, 1.0]))
    optimizer = torch_class([p], **hyper)

    def closure():
        optimizer.zero_grad()
        loss = f(p)
        loss.backward()
        return loss

    for _ in range(times):
        optimizer.step(closure)
    return p.tolist()


@pytest.mark.parametrize(
    ("torch_class", "hyper", "error"),
    [
        (torch.optim.NAdam, {"betas": (1 - 1e-9, 0.999), "momentum_decay": 1000.0}, ZeroDivisionError),
        (torch.optim.LBFGS, {"lr": 0.0, "line_search_fn": "strong_wolfe"}, ZeroDivisionError),
        (torch.optim.LBFGS, {"max_eval": 60, "line_search_fn": "strong_wolfe"}, RuntimeError),
        (torch.optim.LBFGS, {"max_eval": 0, "line_search_fn": "strong_wolfe"}, UnboundLocalError),
    ],
)
def test_torch_raises_during_a_step(torch_class, hyper, error):
    with pytest.raises(error):
        step(torch_class, **hyper)


def test_torch_fails_without_a_history():
    with pytest.raises(IndexError):
        step(torch.optim.LBFGS, f=lambda p: (p**2).sum() + p[0], times=2, lr=0.1, history_size=0)


def test_torch_accepts_nan_rates():
    for wrong in (float("inf"), 1e308):
        assert torch.optim.SGD([torch.zeros(1)], lr=wrong).defaults["lr"] == wrong
    torch.optim.SGD([torch.zeros(1)], lr=float("nan"))  # nan < 0 is false
    assert torch.optim.RMSprop([torch.zeros(1)], alpha=2.0).defaults["alpha"] == 2.0
