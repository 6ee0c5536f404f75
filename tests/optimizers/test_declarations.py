"""The catalog's facts: each declaration mirrors its torch class, in names, hyperparameters and defaults."""

import inspect
import re

import pytest
import torch
from tests.optimizers.helpers import ALL_ON, loop

from steepest.optimizers import BUILT_IN, Optimizer, find_optimizer, optimizers
from steepest.spec import Boolean, Choice, Invalid, Number, Pair, Triple

# How a class computes, not what: no hyperparameter of the rule.
SWITCHES = {"foreach", "fused", "capturable", "differentiable"}
# What a state holds beside what is worth drawing.
BOOKKEEPING = {
    "step",
    "n_iter",
    "al",
    "old_dirs",
    "old_stps",
    "ro",
    "H_diag",
    "prev_flat_grad",
    "prev_loss",
}

every = pytest.mark.parametrize("optimizer", BUILT_IN, ids=lambda optimizer: optimizer.id)


def test_every_class_of_torch_that_takes_dense_parameters_is_declared():
    classes = {c for c in vars(torch.optim).values() if inspect.isclass(c) and issubclass(c, torch.optim.Optimizer)}
    dense = classes - {torch.optim.Optimizer, torch.optim.SparseAdam}
    assert {optimizer.torch_class for optimizer in BUILT_IN if not optimizer.ours} == dense


@every
def test_is_named_as_its_class(optimizer: Optimizer):
    assert inspect.isclass(optimizer.torch_class)
    assert optimizer.id == optimizer.torch_class.__name__.lower()
    assert optimizer.ours == (not optimizer.torch_class.__module__.startswith("torch."))


@every
def test_has_every_hyperparameter_of_its_class_with_its_default(optimizer: Optimizer):
    signature = list(inspect.signature(optimizer.torch_class).parameters.values())[1:]  # the first is the parameters
    real = {p.name: p.default for p in signature if p.name not in SWITCHES}
    assert optimizer.arguments(optimizer.complete({})) == real
    assert optimizer.params[0].id == "lr"


@every
def test_defaults_are_within_what_is_accepted_and_what_sliders_offer(optimizer: Optimizer):
    numbers = []
    for param in optimizer.params:
        assert param.check(param.default) == param.default
        if isinstance(param, Pair | Triple):
            numbers += [param.first, param.second, *([param.third] if isinstance(param, Triple) else [])]
        elif isinstance(param, Number):
            numbers.append(param)
    for number in numbers:
        assert number.minimum <= number.low < number.high <= number.maximum, number.id
        assert number.check(number.low) == number.low
        assert number.check(number.high) == number.high
        assert number.scale == "linear" or number.low > 0
    rate = optimizer.params[0]
    assert isinstance(rate, Number)
    assert rate.low <= optimizer.known_lr <= rate.high


@every
def test_texts_are_in_both_languages(optimizer: Optimizer):
    texts = [optimizer.about, *(param.help for param in optimizer.params)]
    for text in texts:
        assert text.en.endswith(".")
        assert text.zh.endswith("。")
        assert re.search(r"[\u4e00-\u9fff]", text.zh)
    for text in [optimizer.title, *(slot.title for slot in optimizer.state)]:
        assert text.en
        assert text.zh


@every
def test_formula_is_balanced_latex_that_names_every_symbol(optimizer: Optimizer):
    formula = " ".join(optimizer.formula)
    for opening, closing in ("{}", "()", "[]"):
        assert formula.count(opening) == formula.count(closing)
    for param in optimizer.params:
        for symbol in param.symbol.split(", "):
            assert symbol in formula, symbol
    for slot in optimizer.state:
        assert slot.symbol.rstrip("_t") in formula or slot.name == "max_exp_avg_sq", slot.name
    assert optimizer.source


@every
def test_slots_are_what_the_class_keeps(optimizer: Optimizer):
    """Each declared slot is there after a step, shaped as it says, and nothing that is there is left undeclared."""
    real, _ = loop(optimizer.id, ALL_ON.get(optimizer.id, {}))
    real.step(2)
    state = real.optimizer.state.get(real.p, {})
    of_matrices = {"row_var", "col_var"}
    assert {slot.name for slot in optimizer.state} - of_matrices == set(state) - BOOKKEEPING
    for slot in optimizer.state:
        if slot.name not in of_matrices:
            assert torch.as_tensor(state[slot.name]).numel() == (1 if slot.scalar else real.p.numel()), slot.name


def test_muon_alone_is_for_matrices_and_newton_alone_is_ours():
    assert [o.id for o in BUILT_IN if o.matrices_only] == ["muon"]
    assert [o.id for o in BUILT_IN if o.ours] == ["newton"]
    newton = find_optimizer("newton")
    assert "not torch's" in newton.title.en
    assert "非 torch" in newton.title.zh
    assert "not torch's" in newton.about.en
    assert "非 torch" in newton.about.zh


def test_menu_order_and_look_up():
    assert list(optimizers())[: len(BUILT_IN)] == [optimizer.id for optimizer in BUILT_IN]
    assert len(optimizers()) == len(set(optimizers()))
    assert find_optimizer("sgd") is BUILT_IN[0]
    with pytest.raises(Invalid, match="no optimizer 'adem'; known here: sgd, adam") as refusal:
        find_optimizer("adem")
    assert refusal.value.field == "id"


def step_with(optimizer: Optimizer, hyper: dict[str, str]) -> None:
    """One step of the torch class, past our own checks."""
    real, _ = loop(optimizer.id, {})
    real.optimizer = optimizer.torch_class([real.p], **hyper)
    real.step()


def test_choices_and_booleans_are_those_of_torch():
    """torch takes each option, and refuses what we do not offer."""
    for optimizer in BUILT_IN:
        for param in optimizer.params:
            if isinstance(param, Choice):
                assert param.optional
                for option in param.options:
                    loop(optimizer.id, {param.id: option})[0].step()
                with pytest.raises((ValueError, RuntimeError)):
                    step_with(optimizer, {param.id: "another"})
            elif isinstance(param, Boolean):
                assert isinstance(inspect.signature(optimizer.torch_class).parameters[param.id].default, bool)
