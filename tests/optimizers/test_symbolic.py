"""Arithmetic that shows itself: what is written, in symbols and in numbers, and that it comes to what it is worth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.optimizers.evaluate_shown import CONSTANTS, read

from steepest.optimizers.symbolic import (
    Term,
    absolute,
    cases,
    inverse,
    leaf,
    maximum,
    minimum,
    rms,
    sign,
    sqrt,
    written,
)

ETA, G, M = leaf(r"\eta", 0.1), leaf("g", [3.0, -4.0]), leaf("m", [0.25, 2e-7])

SHOWN: list[tuple[Term, str, str]] = [
    (-ETA * G, r"-\eta\,g", r"-0.1 \cdot (3,\ -4)"),
    ((1 - ETA) * G, r"\left(1 - \eta\right)\,g", r"\left(1 - 0.1\right) \cdot (3,\ -4)"),
    (G * M, r"g \odot m", r"(3,\ -4) \odot (0.25,\ 2 \cdot 10^{-7})"),
    (G**2, "g^{2}", r"(3,\ -4)^{2}"),
    ((ETA * G) ** 2, r"\left(\eta\,g\right)^{2}", r"\left(0.1 \cdot (3,\ -4)\right)^{2}"),
    (G - (M + G), r"g - \left(m + g\right)", r"(3,\ -4) - \left((0.25,\ 2 \cdot 10^{-7}) + (3,\ -4)\right)"),
    (G + -ETA * M, r"g - \eta\,m", r"(3,\ -4) - 0.1 \cdot (0.25,\ 2 \cdot 10^{-7})"),
    (leaf("a", -0.5) * leaf("b", -2.0), r"a\,b", r"-0.5 \cdot \left(-2\right)"),
    (1 - leaf("b", -2.0), "1 - b", r"1 - \left(-2\right)"),
    (leaf("a", 1e-8) ** leaf("t", 3.0), "a^{t}", r"\left(10^{-8}\right)^{3}"),
    (sqrt(M) / (1 + ETA), r"\frac{\sqrt{m}}{1 + \eta}", r"\frac{\sqrt{(0.25,\ 2 \cdot 10^{-7})}}{1 + 0.1}"),
    (absolute(G), r"\lvert g\rvert", r"\lvert (3,\ -4)\rvert"),
    (sign(G), r"\operatorname{sign}\left(g\right)", r"\operatorname{sign}(3,\ -4)"),
    (rms(G), r"\operatorname{RMS}\left(g\right)", r"\operatorname{RMS}(3,\ -4)"),
    (maximum(1, minimum(G, ETA)), r"\max\left(1,\ \min\left(g,\ \eta\right)\right)",
     r"\max\left(1,\ \min\left((3,\ -4),\ 0.1\right)\right)"),
    (leaf("x", [1.5]) * 2, r"x\,2", r"1.5 \cdot 2"),
]  # fmt: skip


@pytest.mark.parametrize(("term", "symbols", "numbers"), SHOWN, ids=[symbols for _, symbols, _ in SHOWN])
def test_latex_of_terms(term, symbols, numbers):
    assert (term.symbols.text, term.numbers.text) == (symbols, numbers)
    assert read(term.numbers.text)[0].holds(term.value, slack=1e-12)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.1, "-0.1"),
        (np.float32(0.1), "0.1"),
        (123456.7, r"1.2346 \cdot 10^{5}"),
        (99999.0, "99999"),
        (0.00012345678, "0.00012346"),
        (9.9999997e-7, "10^{-6}"),
        (1e-8, "10^{-8}"),
        (-1e30, "-10^{30}"),
        (np.nan, r"\mathrm{NaN}"),
        (-np.inf, r"-\infty"),
    ],
)
def test_numbers_have_five_figures(value, text):
    assert written(np.asarray(value, np.float64)).text == text


def test_matrices_and_what_has_no_inverse():
    h = leaf("H", [[2.0, 1.0], [1.0, 3.0]])
    u = inverse(h) @ G
    assert (u.symbols.text, u.numbers.text) == (
        r"H^{-1}\,g",
        r"\begin{pmatrix}2 & 1 \\ 1 & 3\end{pmatrix}^{-1} \cdot (3,\ -4)",
    )
    np.testing.assert_allclose(h.value @ u.value, G.value)
    assert read(u.numbers.text)[0].holds(u.value)
    flat = inverse(leaf("H", [[2.0, 0.0], [0.0, 0.0]]))
    assert flat.symbols.text == "H^{+}"
    np.testing.assert_allclose(flat.value, [[0.5, 0.0], [0.0, 0.0]])
    assert np.isnan(inverse(leaf("H", [[np.nan, 0.0], [0.0, 1.0]])).value).all()


def test_cases():
    s = leaf("s", [1.0, -1.0])
    found = cases(("s > 0", s.value > 0, ETA), ("s < 0", s.value < 0, G))
    assert found.symbols.text == r"\begin{cases}\eta & s > 0 \\ g & s < 0\end{cases}"
    assert found.numbers.text == r"(0.1,\ -4)"


# ---- any expression at all ----


def _rounded(value: float) -> bool:
    """Not written like one of the rules' own numbers, which are taken to be exact."""
    return written(np.asarray(value)).text.lstrip("-") not in {*CONSTANTS, "10"}


_numbers = (st.floats(1e-3, 1e3) | st.floats(-1e3, -1e-3)).filter(_rounded)
_leaves = st.one_of(
    _numbers.map(lambda x: leaf("a", x)), st.tuples(_numbers, _numbers).map(lambda pair: leaf("b", list(pair)))
)
_TWO = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / (absolute(b) + 1),
    maximum,
    minimum,
]
_ONE = [lambda a: -a, lambda a: sqrt(absolute(a)), lambda a: a**2, rms, lambda a: 2 * a]
_trees = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.builds(lambda f, a, b: f(a, b), st.sampled_from(_TWO), inner, inner),
        st.builds(lambda f, a: f(a), st.sampled_from(_ONE), inner),
    ),
    max_leaves=6,
)


@given(_trees)
def test_the_shown_numbers_give_the_value(term):
    # Brackets that were left out wrongly, or a sign that was lost, would lead elsewhere.
    assert read(term.numbers.text)[0].holds(term.value, slack=1e-9)
