"""Facts about single data sets: figures of the notes, recipes drawn anew, and closed forms."""

import json
import math
from pathlib import Path

import pytest
import torch
from tests.problems.test_datasets import of

from steepest.problems.datasets import gaussian_bumps

NOTES = json.loads((Path(__file__).parent.parent / "reference" / "notes.json").read_text(encoding="utf-8"))


def test_the_thermometer_is_that_of_the_notes() -> None:
    data = of("thermometer")
    assert data.inputs[:, 0].tolist() == NOTES["thermometer"]["t_u"]
    assert data.targets[:, 0].tolist() == NOTES["thermometer"]["t_c"]
    torch.testing.assert_close(of("thermometer", scale=0.1).inputs, data.inputs / 10)


def test_the_plane_is_what_its_recipe_draws_bit_for_bit() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(446)
        torch.randn(10000, 3, 28, 28)
        torch.rand(10)
        x = torch.randn(50, 2)
        y = x @ torch.tensor([[-1.0], [2.0]]) + torch.randn(50, 1) * 0.1
    data = of("plane")
    assert torch.equal(data.inputs, x)
    assert torch.equal(data.targets, y)


def test_the_plane_has_the_gradient_of_the_notes() -> None:
    data = of("plane")
    w = torch.tensor(NOTES["plane"]["start"], requires_grad=True)
    loss = (data.inputs @ w[:, None] - data.targets).square().sum() / 50
    loss.backward()
    assert w.grad is not None
    assert [round(each, 6) for each in w.grad.tolist()] == NOTES["plane"]["gradient_at_start"]
    assert round(loss.item(), 2) == NOTES["plane"]["loss_at_start"]


def test_fruit_is_that_of_the_notes() -> None:
    data = of("fruit")
    assert data.inputs.tolist() == NOTES["fruit"]["inputs"]
    assert data.targets.tolist() == NOTES["fruit"]["targets"]


def test_the_small_sets_of_the_notes() -> None:
    line = of("through_origin")
    assert (line.inputs[:, 0].tolist(), line.targets[:, 0].tolist()) == ([1, 2, 3], [2, 4, 6])
    exam = of("pass_or_fail")
    assert (exam.inputs[:, 0].tolist(), exam.targets.tolist()) == ([1, 2, 3], [0, 0, 1])


def test_the_noisy_curve_without_noise_is_a_parabola() -> None:
    data = of("noisy_curve", noise=0.0, count=101)
    assert data.inputs[[0, 50, 100], 0].tolist() == [-1.0, 0.0, 1.0]
    assert torch.equal(data.targets, data.inputs**2)


def test_two_clusters_without_noise_are_their_centres() -> None:
    data = of("two_clusters", noise=0.0, count=10)
    assert data.inputs.tolist() == [[2.0, 2.0]] * 5 + [[-2.0, -2.0]] * 5
    assert data.targets.tolist() == [0] * 5 + [1] * 5


def test_the_disc_is_inside_the_ring_and_both_are_even() -> None:
    data = of("circle", noise=0.0, count=10_000)
    radius = data.inputs.norm(dim=1)
    disc, ring = radius[data.targets == 1], radius[data.targets == 0]
    assert disc.min() >= 0
    assert disc.max() <= 2.5
    assert ring.min() >= 3.5
    assert ring.max() <= 5.0
    # Even over an area: r² is even over its range.
    torch.testing.assert_close((disc**2).mean().item(), 2.5**2 / 2, rtol=0.05, atol=0)
    torch.testing.assert_close((ring**2).mean().item(), (3.5**2 + 5**2) / 2, rtol=0.05, atol=0)


def test_exclusive_or_is_the_sign_of_the_product() -> None:
    data = of("exclusive_or", noise=0.0, count=2000)
    assert torch.equal(data.targets == 1, data.inputs.prod(dim=1) < 0)
    assert data.inputs.abs().min() >= 0.3
    assert data.inputs.abs().max() <= 5.0


def test_the_gaussian_pair_is_wrong_as_often_as_bayes() -> None:
    data = of("gaussian_pair", distance=4.0, noise=1.5, count=10_000)
    wrong = ((data.inputs[:, 0] > 0).long() != data.targets).double().mean().item()
    assert wrong == pytest.approx(0.5 * math.erfc(4 / 3 / math.sqrt(2)), abs=0.01)
    still = of("gaussian_pair", distance=4.0, noise=0.0, count=4)
    assert still.inputs.tolist() == [[-2.0, 0.0], [-2.0, 0.0], [2.0, 0.0], [2.0, 0.0]]


def test_one_arm_of_the_spiral_is_the_other_turned_by_half() -> None:
    data = of("spiral", noise=0.0, count=100, turns=1.5)
    arms = [data.inputs[data.targets == each] for each in (0, 1)]
    torch.testing.assert_close(arms[1], -arms[0])
    torch.testing.assert_close(arms[0].norm(dim=1), 5 * torch.arange(1, 51).double() / 50)
    torch.testing.assert_close(arms[0][-1], torch.tensor([-5.0, 0.0]).double(), atol=1e-12, rtol=0)


def test_moons_are_interleaving_half_circles() -> None:
    data = of("moons", noise=0.0, count=200)
    upper, lower = (data.inputs[data.targets == each] for each in (0, 1))
    centre = torch.tensor([-1.5, -0.75], dtype=torch.float64)
    torch.testing.assert_close((upper - centre).norm(dim=1), torch.full((100,), 3.0).double())
    assert (upper[:, 1] >= centre[1] - 1e-12).all()
    torch.testing.assert_close(lower, -upper)


def test_the_regression_plane_is_a_plane() -> None:
    data = of("regression_plane", noise=0.0)
    torch.testing.assert_close(data.targets[:, 0], data.inputs.sum(dim=1) / 12)
    assert data.inputs.abs().max() <= 6


def test_the_bumps_are_at_their_declared_centres() -> None:
    data = of("gaussian_bumps", noise=0.0)
    torch.testing.assert_close(data.targets[:, 0], gaussian_bumps.bumps(data.inputs))
    assert data.targets.abs().max() <= 1
    centres = torch.tensor(gaussian_bumps.BUMPS, dtype=torch.float64)
    torch.testing.assert_close(gaussian_bumps.bumps(centres[:, :2]), centres[:, 2], atol=1e-3, rtol=0)
    assert gaussian_bumps.bumps(torch.zeros(1, 2).double()).abs() < 1e-12, "a saddle by symmetry"


def test_digits_are_scikit_learns_own() -> None:
    from sklearn.datasets import load_digits  # a second of imports, for this test alone

    theirs, ours = load_digits(), of("digits")
    assert torch.equal(ours.inputs[:, 0] * 16, torch.from_numpy(theirs.images).float())
    assert torch.equal(ours.targets, torch.from_numpy(theirs.target).long())
    assert [ours.inputs.min().item(), ours.inputs.max().item()] == [0, 1]
    assert torch.equal(of("digits", count=20).inputs, ours.inputs[:20])
