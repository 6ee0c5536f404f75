"""A model's network and its loss as the code that creates them."""

from collections.abc import Callable, Mapping

from torch import nn

from steepest.export.script.literals import number
from steepest.export.script.sources import Sources
from steepest.problems import LearningProblem
from steepest.problems.losses.bce import BCELoss


def _linear(layer: nn.Module) -> list[str]:
    assert isinstance(layer, nn.Linear)
    sizes = [str(layer.in_features), str(layer.out_features)]
    has_bias = len(list(layer.parameters())) > 1
    return sizes if has_bias else [*sizes, "bias=False"]


def _convolution(layer: nn.Module) -> list[str]:
    assert isinstance(layer, nn.Conv2d)
    assert not isinstance(layer.padding, str)
    kernel, padding = (str(size[0] if len(set(size)) == 1 else size) for size in (layer.kernel_size, layer.padding))
    return [str(layer.in_channels), str(layer.out_channels), kernel, f"padding={padding}"]


def _none(layer: nn.Module) -> list[str]:
    return []


# The arguments of each class, as far as the built-in models use them.
LAYERS: Mapping[type[nn.Module], Callable[[nn.Module], list[str]]] = {
    nn.Linear: _linear,
    nn.Conv2d: _convolution,
    nn.MaxPool2d: lambda layer: [str(layer.kernel_size)],
    nn.Dropout: lambda layer: [number(layer.p)],  # type: ignore[arg-type]
    **dict.fromkeys((nn.Flatten, nn.Identity, nn.ReLU, nn.LeakyReLU, nn.Sigmoid), _none),
    **dict.fromkeys((nn.Tanh, nn.Softplus, nn.GELU), _none),
}
LOSSES: Mapping[type[nn.Module], Callable[[nn.Module], list[str]]] = {
    # BCELoss is torch's, but returns NaN for NaN.
    **dict.fromkeys((nn.MSELoss, nn.L1Loss, nn.BCELoss, BCELoss, nn.BCEWithLogitsLoss, nn.CrossEntropyLoss), _none),
    nn.HuberLoss: lambda layer: [f"delta={number(layer.delta)}"],  # type: ignore[arg-type]
}


def network_code(problem: LearningProblem, sources: Sources) -> str:
    """The expression that creates the network. Raises `Invalid` where another package's cannot be imported by name."""
    module = problem.network()
    layers = list(module) if isinstance(module, nn.Sequential) else [module]
    if all(type(layer) in LAYERS for layer in layers):
        written = [f"nn.{type(layer).__name__}({', '.join(LAYERS[type(layer)](layer))})" for layer in layers]
        if not isinstance(module, nn.Sequential):
            return written[0]
        return "nn.Sequential(\n" + "".join(f"    {line},\n" for line in written) + ")"
    build = sources.use(problem.model.build, "torch.nn")
    return f"{build}({problem.shape.inputs!r}, {problem.outputs}, {dict(problem.model_values)!r})"


def loss_code(problem: LearningProblem, sources: Sources, *, may_be_nan: bool = False) -> str:
    """The expression that creates the loss module. Raises `Invalid` as `network_code` does.

    may_be_nan: the model's outputs may be NaN, so the module must return NaN for them and not raise.
    """
    module = problem.criterion()
    if type(module) not in LOSSES:
        build = sources.use(problem.loss.build, "torch.nn")
        return f"{build}({dict(problem.loss_values)!r})"
    reduction = [] if module.reduction == "mean" else [f'reduction="{module.reduction}"']
    own = may_be_nan and isinstance(module, BCELoss)
    name = sources.use(BCELoss) if own else f"nn.{type(module).__name__}"
    return f"{name}({', '.join([*LOSSES[type(module)](module), *reduction])})"
