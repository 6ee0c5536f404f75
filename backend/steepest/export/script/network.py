"""A module as the code that makes it: what a learner would type."""

from collections.abc import Callable, Mapping

from torch import nn

from steepest.export.script.literals import number
from steepest.export.script.sources import Sources
from steepest.problems import LearningProblem
from steepest.problems.losses.bce import BCELoss


def _linear(layer: nn.Module) -> list[str]:
    assert isinstance(layer, nn.Linear)
    return [
        str(layer.in_features),
        str(layer.out_features),
        *(["bias=False"] if len(list(layer.parameters())) == 1 else []),
    ]


def _convolution(layer: nn.Module) -> list[str]:
    assert isinstance(layer, nn.Conv2d)
    assert not isinstance(layer.padding, str)
    sizes = [_side(layer.kernel_size), _side(layer.padding)]
    return [str(layer.in_channels), str(layer.out_channels), sizes[0], f"padding={sizes[1]}"]


def _side(size: tuple[int, ...]) -> str:
    return str(size[0] if len(set(size)) == 1 else size)


def _nothing(layer: nn.Module) -> list[str]:
    return []


# By class, what stands between its brackets. Of every class only what the built-in models use of it.
ARGUMENTS: Mapping[type[nn.Module], Callable[[nn.Module], list[str]]] = {
    nn.Linear: _linear,
    nn.Conv2d: _convolution,
    nn.MaxPool2d: lambda layer: [str(layer.kernel_size)],
    nn.Dropout: lambda layer: [number(layer.p)],  # type: ignore[arg-type]
    **dict.fromkeys((nn.Flatten, nn.Identity, nn.ReLU, nn.LeakyReLU, nn.Sigmoid), _nothing),
    **dict.fromkeys((nn.Tanh, nn.Softplus, nn.GELU), _nothing),
}


def network(problem: LearningProblem, sources: Sources) -> str:
    """The expression that makes the module. Raises `Invalid` where another package's has no name to be imported by."""
    module = problem.network()
    layers = list(module) if isinstance(module, nn.Sequential) else [module]
    if all(type(layer) in ARGUMENTS for layer in layers):
        written = [f"nn.{type(layer).__name__}({', '.join(ARGUMENTS[type(layer)](layer))})" for layer in layers]
        if not isinstance(module, nn.Sequential):
            return written[0]
        return "nn.Sequential(\n" + "".join(f"    {line},\n" for line in written) + ")"
    build = sources.use(problem.model.build, "torch.nn")
    return f"{build}({problem.shape.inputs!r}, {problem.outputs}, {dict(problem.model_values)!r})"


CRITERIA: Mapping[type[nn.Module], Callable[[nn.Module], list[str]]] = {
    nn.MSELoss: _nothing,
    nn.L1Loss: _nothing,
    nn.BCELoss: _nothing,
    BCELoss: _nothing,  # torch's, with NaN for NaN
    nn.BCEWithLogitsLoss: _nothing,
    nn.CrossEntropyLoss: _nothing,
    nn.HuberLoss: lambda layer: [f"delta={number(layer.delta)}"],  # type: ignore[arg-type]
}


def criterion(problem: LearningProblem, sources: Sources, *, lost: bool = False) -> str:
    """The expression that makes the loss module. Raises `Invalid` as `network` does.

    lost: the model's answers may be NaN: the module must then be one that says NaN too, and does not raise.
    """
    module = problem.criterion()
    if type(module) not in CRITERIA:
        build = sources.use(problem.loss.build, "torch.nn")
        return f"{build}({dict(problem.loss_values)!r})"
    reduction = [] if module.reduction == "mean" else [f'reduction="{module.reduction}"']
    name = sources.use(BCELoss) if lost and isinstance(module, BCELoss) else f"nn.{type(module).__name__}"
    return f"{name}({', '.join([*CRITERIA[type(module)](module), *reduction])})"
