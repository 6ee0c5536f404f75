"""Damped Newton: goes to where the local parabola is flat, never raises, and keeps no graph."""

import gc
import weakref

import pytest
import torch
from torch.nn import Parameter

from steepest.optimizers.newton import Newton


def step(f, *parameters, **hyper):
    optimizer = Newton(parameters, **hyper)
    gradients = torch.autograd.grad(f(*parameters), parameters, create_graph=True)
    for p, gradient in zip(parameters, gradients, strict=True):
        p.grad = gradient
    optimizer.step()


def at(*values):
    return Parameter(torch.tensor(values, dtype=torch.float64))


def test_one_step_to_the_minimum_of_a_parabola():
    p = at(5.0, -7.0)
    step(lambda p: 0.5 * (p[0] - 1) ** 2 + 50 * (p[1] - 2) ** 2, p)
    assert p.tolist() == pytest.approx([1.0, 2.0])


def test_a_saddle_attracts_it_unless_damped():
    def saddle(p):
        return 0.5 * (p[0] ** 2 - p[1] ** 2)

    drawn, freed = at(1.0, 0.5), at(1.0, 0.5)
    step(saddle, drawn)
    step(saddle, freed, damping=2.0)
    assert drawn.tolist() == pytest.approx([0.0, 0.0])
    assert freed.tolist() == pytest.approx([1 - 1 / 3, 0.5 + 0.5])


def test_large_damping_is_gradient_descent():
    p = at(1.0, 0.5)
    step(lambda p: 0.5 * (p[0] ** 2 + 10 * p[1] ** 2), p, damping=1e6, lr=1e5)
    assert p.tolist() == pytest.approx([1 - 0.1, 0.5 - 0.1 * 5], abs=1e-5)


@pytest.mark.parametrize("lr", [0.0, 0.5])
def test_the_rate_scales_the_newton_step(lr):
    p = at(4.0, -2.0)
    step(lambda p: (p**2).sum(), p, lr=lr)
    assert p.tolist() == pytest.approx([4 * (1 - lr), -2 * (1 - lr)])


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda p: p.sum(), [1.0, 0.5]),  # a plane: no curvature at all
        (lambda p: (p[0] - 3) ** 2, [3.0, 0.5]),  # a trough: none along y
        (lambda p: (p.sum() - 3) ** 2, [1.75, 1.25]),  # a slanting trough: the shortest way to its bottom
        (lambda p: (p * 0).sum() + 1, [1.0, 0.5]),
    ],
)
def test_directions_of_zero_curvature_do_not_move(f, expected):
    p = at(1.0, 0.5)
    step(f, p)
    assert p.tolist() == pytest.approx(expected)


def test_a_curvature_that_is_not_finite_gives_nan_and_no_exception():
    p = at(0.0, 0.5)
    step(lambda p: p[0].abs() ** 1.5 + p[1] ** 2, p)
    assert p.isnan().all()


def test_several_parameters_share_one_hessian():
    a, b = at(2.0), at(-1.0, 4.0)
    step(lambda a, b: (a[0] + b[0] - 1) ** 2 + (a[0] - b[1]) ** 2 + b[0] ** 2, a, b)
    assert [*a.tolist(), *b.tolist()] == pytest.approx([1.0, 0.0, 1.0])


def test_more_than_64_parameters_are_refused():
    Newton([Parameter(torch.zeros(8, 8))])
    with pytest.raises(ValueError, match="at most 64 parameters at once; there are 65"):
        Newton([Parameter(torch.zeros(8, 8)), Parameter(torch.zeros(1))])


class Tag:
    """Lives as long as the graph that holds it."""


class Tagged(torch.autograd.Function):
    """The identity, with a tag in its graph."""

    last: Tag | None = None

    @staticmethod
    def forward(ctx, x):
        ctx.tag = Tagged.last = Tag()
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient


def test_the_graph_is_dropped_after_the_step():
    p = at(1.0, 0.5)
    optimizer = Newton([p])
    gc.disable()
    try:
        loss = (Tagged.apply(p) ** 4).sum()
        (p.grad,) = torch.autograd.grad(loss, p, create_graph=True)
        tag = weakref.ref(Tagged.last)
        Tagged.last = None
        optimizer.step()
        assert p.grad is not None
        assert not p.grad.requires_grad
        assert tag() is not None
        del loss
        assert tag() is None  # freed at once, not by the collector: there was no cycle
    finally:
        gc.enable()
