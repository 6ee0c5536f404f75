"""Every update rule once more, from the formula in its declaration: NumPy float64, nothing of torch.

Each function takes the hyperparameters, a dict that is read anew at every step, so that a test can change it on the
way; it returns a function from (theta, f's gradient there, f's Hessian there) to the next theta. All shapes (n,).
"""

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Hyper = Mapping[str, Any]
Step = Callable[[Vector, Vector, Vector], Vector]


def _gradient(h: Hyper, theta: Vector, g: Vector) -> Vector:
    """What most rules begin with: the sign of `maximize`, then weight decay where it is not decoupled."""
    g = -g if h.get("maximize") else g
    return g if h.get("decoupled_weight_decay") else g + h.get("weight_decay", 0.0) * theta


def _decayed(h: Hyper, theta: Vector) -> Vector:
    return theta * (1 - h["lr"] * h["weight_decay"]) if h.get("decoupled_weight_decay") else theta


def sgd(h: Hyper) -> Step:
    b: Vector | None = None

    def step(theta: Vector, g: Vector, _: Vector) -> Vector:
        nonlocal b
        g = _gradient(h, theta, g)
        mu = h["momentum"]
        if mu == 0:
            return theta - h["lr"] * g
        b = g if b is None else mu * b + (1 - h["dampening"]) * g
        return theta - h["lr"] * (g + mu * b if h["nesterov"] else b)

    return step


def adam(h: Hyper) -> Step:
    m = v = largest = np.zeros(2)
    t = 0

    def step(theta: Vector, g: Vector, _: Vector) -> Vector:
        nonlocal m, v, largest, t
        t += 1
        beta1, beta2 = h["betas"]
        g = _gradient(h, theta, g)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        second = v
        if h["amsgrad"]:
            second = largest = np.maximum(largest, v)
        m_hat, v_hat = m / (1 - beta1**t), second / (1 - beta2**t)
        return _decayed(h, theta) - h["lr"] * m_hat / (np.sqrt(v_hat) + h["eps"])

    return step


def adamw(h: Hyper) -> Step:
    return adam(ChainMap({"decoupled_weight_decay": True}, h))  # type: ignore[arg-type]  # only read


def adamax(h: Hyper) -> Step:
    m = u = np.zeros(2)
    t = 0

    def step(theta: Vector, g: Vector, _: Vector) -> Vector:
        nonlocal m, u, t
        t += 1
        beta1, beta2 = h["betas"]
        g = _gradient(h, theta, g)
        m = beta1 * m + (1 - beta1) * g
        u = np.maximum(beta2 * u, np.abs(g) + h["eps"])
        return theta - h["lr"] / (1 - beta1**t) * m / u

    return step


def nadam(h: Hyper) -> Step:
    m = v = np.zeros(2)
    product = 1.0
    t = 0

    def step(theta: Vector, g: Vector, _: Vector) -> Vector:
        nonlocal m, v, product, t
        t += 1
        beta1, beta2 = h["betas"]
        g = _gradient(h, theta, g)
        mu, mu_next = (beta1 * (1 - 0.5 * 0.96 ** (i * h["momentum_decay"])) for i in (t, t + 1))
        product *= mu
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = mu_next * m / (1 - product * mu_next) + (1 - mu) * g / (1 - product)
        return _decayed(h, theta) - h["lr"] * m_hat / (np.sqrt(v / (1 - beta2**t)) + h["eps"])

    return step


def radam(h: Hyper) -> Step:
    m = v = np.zeros(2)
    t = 0

    def step(theta: Vector, g: Vector, _: Vector) -> Vector:
        nonlocal m, v, t
        t += 1
        beta1, beta2 = h["betas"]
        g = _gradient(h, theta, g)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        end = 2 / (1 - beta2) - 1
        rho = end - 2 * t * beta2**t / (1 - beta2**t)
        if rho <= 5:
            return _decayed(h, theta) - h["lr"] * m_hat
        r = np.sqrt((rho - 4) * (rho - 2) * end / ((end - 4) * (end - 2) * rho))
        return _decayed(h, theta) - h["lr"] * m_hat * r * np.sqrt(1 - beta2**t) / (np.sqrt(v) + h["eps"])

    return step


def adagrad(h: Hyper) -> Step:
    squares = np.zeros(2)  # without where they began, so that this may change on the way
    t = 0

    def step(theta: Vector, g: Vector, _: Vector) -> Vector:
        nonlocal squares, t
        t += 1
        g = _gradient(h, theta, g)
        squares = squares + g**2
        total = h["initial_accumulator_value"] + squares
        return theta - h["lr"] / (1 + (t - 1) * h["lr_decay"]) * g / (np.sqrt(total) + h["eps"])

    return step


def adadelta(h: Hyper) -> Step:
    v = u = np.zeros(2)

    def step(theta: Vector, g: Vector, _: Vector) -> Vector:
        nonlocal v, u
        rho, eps = h["rho"], h["eps"]
        g = _gradient(h, theta, g)
        v = rho * v + (1 - rho) * g**2
        delta = np.sqrt(u + eps) / np.sqrt(v + eps) * g
        u = rho * u + (1 - rho) * delta**2
        return theta - h["lr"] * delta

    return step


def rmsprop(h: Hyper) -> Step:
    v = a = b = np.zeros(2)
    was_centered = False

    def step(theta: Vector, g: Vector, _: Vector) -> Vector:
        nonlocal v, a, b, was_centered
        alpha = h["alpha"]
        g = _gradient(h, theta, g)
        v = alpha * v + (1 - alpha) * g**2
        spread = v
        if h["centered"]:
            a = alpha * (a if was_centered else 0) + (1 - alpha) * g
            spread = v - a**2
        was_centered = h["centered"]
        normalised = g / (np.sqrt(spread) + h["eps"])
        if h["momentum"] == 0:
            return theta - h["lr"] * normalised
        b = h["momentum"] * b + normalised
        return theta - h["lr"] * b

    return step


def asgd(h: Hyper) -> Step:
    t = 0

    def step(theta: Vector, g: Vector, _: Vector) -> Vector:
        nonlocal t
        eta = h["lr"] / (1 + h["lambd"] * h["lr"] * t) ** h["alpha"]
        t += 1
        return (1 - h["lambd"] * eta) * theta - eta * _gradient(h, theta, g)

    return step


def rprop(h: Hyper) -> Step:
    last = np.zeros(2)
    size = np.zeros(2)
    begun_at: float | None = None

    def step(theta: Vector, g: Vector, _: Vector) -> Vector:
        nonlocal last, size, begun_at
        if h["lr"] != begun_at:
            begun_at = h["lr"]
            size = np.full(2, begun_at)
        g = _gradient(h, theta, g)
        turned = g * last < 0
        factor = np.where(turned, h["etas"][0], np.where(g * last > 0, h["etas"][1], 1.0))
        size = np.clip(size * factor, *h["step_sizes"])
        last = np.where(turned, 0.0, g)
        return theta - np.sign(last) * size

    return step


def adafactor(h: Hyper) -> Step:
    v = np.zeros(2)
    t = 0

    def rms(x: Vector) -> float:
        return float(np.sqrt(np.mean(x**2)))

    def step(theta: Vector, g: Vector, _: Vector) -> Vector:
        nonlocal v, t
        t += 1
        eps1, eps2 = h["eps"]
        eps1 = np.finfo(np.float64).eps if eps1 is None else eps1
        g = -g if h["maximize"] else g
        alpha = max(eps2, rms(theta)) * min(h["lr"], 1 / np.sqrt(t))
        v = (1 - t ** h["beta2_decay"]) * v + t ** h["beta2_decay"] * g**2
        u = g / np.maximum(np.sqrt(v), eps1)
        return theta * (1 - h["lr"] * h["weight_decay"]) - alpha * u / max(1.0, rms(u) / h["d"])

    return step


def newton(h: Hyper) -> Step:
    def step(theta: Vector, g: Vector, hessian: Vector) -> Vector:
        return theta - h["lr"] * np.linalg.inv(hessian + h["damping"] * np.eye(2)) @ g

    return step


RULES = (sgd, adam, adamw, adamax, nadam, radam, adagrad, adadelta, rmsprop, asgd, rprop, adafactor, newton)
FORMULAS: dict[str, Callable[[Hyper], Step]] = {rule.__name__: rule for rule in RULES}
