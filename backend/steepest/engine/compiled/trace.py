"""One training step of PyTorch as a flat graph of ATen operations: the loss with its gradient, and the update."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor, fx
from torch._decomp import core_aten_decompositions
from torch._functorch import config as functorch_config
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.proxy_tensor import make_fx
from torch.fx.experimental.symbolic_shapes import ShapeEnv
from torch.nn import Parameter
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_map_only
from typing_extensions import override

from steepest.engine.compiled.native import NativeFormulas
from steepest.optimizers import Optimizer
from steepest.problems import LearningProblem, Problem, SurfaceProblem
from steepest.problems.learning.measured_samples import MeasuredSamples
from steepest.spec import Value

aten = torch.ops.aten

# torch's tracer keeps global state.
_TRACER = threading.Lock()


@dataclass(frozen=True)
class UpdateGraph:
    """An optimizer's update of one element.

    graph: inputs are the parameter and its gradient, (1,) each, the state by `before`, and the hyperparameters by
        `hyperparameters`; outputs are the parameter, then the state by `after`.
    before, after: the names of the state. hyperparameters: names of the float ones, in order.
    numbers: what is one number, not one for each element: its name in `after`, and its dtype, such as `float32`.
    """

    graph: fx.Graph
    before: tuple[str, ...]
    after: tuple[str, ...]
    hyperparameters: tuple[str, ...]
    numbers: Mapping[str, str]

    @property
    def vectors(self) -> tuple[str, ...]:
        """The names in `after` of what has one number for each element."""
        return tuple(name for name in self.after if name not in self.numbers)


def trace_loss(problem: Problem, dtype: torch.dtype, batch: int | None) -> fx.Graph:
    """The loss and its gradient.

    Inputs are the parameter tensors and, of a model, the batch's inputs and targets; outputs are the loss, then one
    gradient for each parameter tensor.
    batch: the number of samples, of a model; None for all training samples.
    """
    if not isinstance(problem, LearningProblem):

        def on_surface(position: Tensor) -> Tensor:
            return problem.loss_at(position)

        return _trace(_with_gradient(on_surface, 1), [torch.ones(problem.dim, dtype=dtype)])

    network = problem.network().to(dtype)
    criterion = problem.criterion()
    names = [name for name, _ in network.named_parameters()]
    train = problem.splits(dtype)[0]
    tensors = [parameter.detach() for parameter in network.parameters()]

    def on_batch(*values: Tensor) -> Tensor:
        *parameters, inputs, targets = values
        outputs = torch.func.functional_call(network, dict(zip(names, parameters, strict=True)), (inputs,))
        with NativeFormulas():
            loss: Tensor = criterion(outputs, targets) + problem.penalty(list(parameters))
        return loss

    samples = [train.inputs[:batch], train.targets[:batch]]
    return _trace(_with_gradient(on_batch, len(tensors)), [*tensors, *samples])


def trace_measurement(problem: LearningProblem, dtype: torch.dtype, measured: MeasuredSamples) -> fx.Graph:
    """A model's outputs, and its loss on each part of the samples, without the penalty.

    Inputs are the parameter tensors, inputs and targets; outputs are the model's, then the parts' losses, (parts,).
    """
    network = problem.network().to(dtype)
    criterion = problem.criterion()
    names = [name for name, _ in network.named_parameters()]

    def measure(*values: Tensor) -> list[Tensor]:
        *parameters, inputs, targets = values
        outputs = torch.func.functional_call(network, dict(zip(names, parameters, strict=True)), (inputs,))
        losses = [criterion(outputs[low:high], targets[low:high]) for low, high in measured.bounds if high > low]
        return [outputs, torch.stack(losses)]

    tensors = [parameter.detach() for parameter in network.parameters()]
    with torch.no_grad():
        return _trace(measure, [*tensors, measured.inputs, measured.targets])


def trace_curvature(problem: SurfaceProblem, dtype: torch.dtype) -> fx.Graph:
    """A surface's gradient and the rows of its Hessian at a point, (n,)."""

    def rows(position: Tensor) -> list[Tensor]:
        pulled = torch.func.vjp(torch.func.grad(problem.loss_at), position)
        gradient, row = pulled[0], pulled[1]
        axes = [aten.select_backward(position.new_ones(()), [problem.dim], 0, n) for n in range(problem.dim)]
        return [gradient, *(row(axis)[0] for axis in axes)]

    return _trace(rows, [torch.ones(problem.dim, dtype=dtype)])


def _with_gradient(loss: Callable[..., Tensor], parameters: int) -> Callable[..., list[Tensor]]:
    """The function that gives the loss, then its gradients with respect to the first so many arguments."""

    def step(*values: Tensor) -> list[Tensor]:
        gradients, value = torch.func.grad_and_value(loss, argnums=tuple(range(parameters)))(*values)
        return [value, *gradients]

    return step


def float_arguments(arguments: Mapping[str, Any]) -> dict[str, float]:
    """Torch's float hyperparameters by name; those of a tuple are numbered: `betas.0`, `betas.1`."""
    found: dict[str, float] = {}
    for name, value in arguments.items():
        if isinstance(value, tuple):
            found |= {f"{name}.{n}": float(each) for n, each in enumerate(value)}
        elif isinstance(value, float):
            found[name] = value
    return found


def toy_state(optimizer: Optimizer, values: Mapping[str, Value], dtype: torch.dtype) -> dict[str, Any]:
    """The state of one element, (1,), after one update by these hyperparameters."""
    element = Parameter(torch.ones(1, dtype=dtype))
    built = optimizer.build([element], values)
    element.grad = torch.ones(1, dtype=dtype)
    built.step()
    return dict(built.state.get(element, {}))


def trace_update(
    optimizer: Optimizer, values: Mapping[str, Value], state: Mapping[str, Tensor], dtype: torch.dtype
) -> UpdateGraph:
    """The update by the optimizer's own class. Where torch's code branches, on whether a hyperparameter is 0 or on the
    number of updates, the graph has the side that these values take.

    state: of one element, (1,) or (); empty for the first update.
    """
    arguments = optimizer.arguments(values)
    floats = float_arguments(arguments)
    names, after = tuple(state), dict[str, Tensor]()

    def update(parameter: Tensor, gradient: Tensor, *rest: Tensor) -> list[Tensor]:
        before = dict(zip(names, rest, strict=False))
        inputs = iter(rest[len(names) :])
        leaf = parameter.clone()
        built = optimizer.torch_class([leaf], **arguments)
        group = built.param_groups[0]
        for name, value in arguments.items():  # as inputs of the graph, so that a change needs no other graph
            if isinstance(value, tuple):
                group[name] = tuple(next(inputs).item() for _ in value)
            elif isinstance(value, float):
                group[name] = next(inputs).item()
        leaf.grad = gradient
        if before:
            built.state[leaf] = {name: each.clone() for name, each in before.items()}
        with _NumbersAsTensors():
            built.step()
        after.update(built.state.get(leaf, {}))
        return [leaf, *after.values()]

    element = torch.ones(1, dtype=dtype)
    scalars = [torch.tensor(value, dtype=torch.float64) for value in floats.values()]
    with torch.no_grad():
        graph = _trace(update, [element, element.clone(), *state.values(), *scalars], reads_numbers=True)
    numbers = {name: str(tensor.dtype).removeprefix("torch.") for name, tensor in after.items() if not tensor.dim()}
    return UpdateGraph(graph, names, tuple(after), tuple(floats), numbers)


class _NumbersAsTensors(TorchFunctionMode):
    """Keeps in the graph what torch's tracer would replace by its present value.

    These are `torch.as_tensor(number)`, and `torch.tensor(number)`, a new state that the first update changes in place.
    """

    @override
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.as_tensor and args and isinstance(args[0], torch.SymFloat):
            return torch.scalar_tensor(args[0], dtype=torch.get_default_dtype())  # type: ignore[arg-type]
        if func is torch.tensor and args and isinstance(args[0], float):
            return torch.scalar_tensor(args[0], **(kwargs or {}))
        return func(*args, **(kwargs or {}))


class _ShapeEnv(ShapeEnv):
    """Answers a branch on a tensor's value by the value itself, without a warning."""

    @override
    def _log_real_tensor_propagation(self, *args: Any, **kwargs: Any) -> None:
        return


def _trace(function: Callable[..., list[Tensor]], inputs: Sequence[Tensor], *, reads_numbers: bool = False) -> fx.Graph:
    """The function's operations on inputs of these shapes, in place operations included as new values.

    reads_numbers: whether the function takes numbers out of its inputs (`item`). They stay inputs of the graph, which
    takes torch longer.
    """
    with _TRACER, ExitStack() as stack:
        if reads_numbers:
            stack.enter_context(_real_values())
            mode = FakeTensorMode(shape_env=_ShapeEnv(), static_shapes=True, allow_non_fake_inputs=True)
            inputs = tree_map_only(Tensor, lambda tensor: mode.from_tensor(tensor, static_shapes=True), list(inputs))
            stack.enter_context(mode)
        functional = torch.func.functionalize(function)
        module = make_fx(functional, tracing_mode="real", decomposition_table=_decompositions())(*inputs)
    for node in reversed(module.graph.nodes):
        if "profiler" in str(node.target):  # torch's own timing of optimizers
            module.graph.erase_node(node)
    module.graph.eliminate_dead_code()
    for node in module.graph.nodes:  # small constants, such as the first value of a step counter
        if node.op == "get_attr":
            node.meta["constant"] = getattr(module, str(node.target))
    return module.graph


@cache
def _decompositions() -> dict[Any, Any]:
    """Those operations that have no rule of their own. Torch's decomposition of these three rounds in another order.

    Kept, because torch takes as long to list them as to trace a step.
    """
    table = dict(core_aten_decompositions())
    return {op: rule for op, rule in table.items() if _packet(op) not in (aten.addcmul, aten.addcdiv, aten.lerp)}


def _packet(op: Any) -> Any:
    return getattr(op, "overloadpacket", None)


def warm_up() -> None:
    """Traces something small: the first time, torch imports a good part of itself."""
    for reads_numbers in (False, True):
        _trace(lambda value: [value.square()], [torch.ones(1)], reads_numbers=reads_numbers)


@contextmanager
def _real_values() -> Iterator[None]:
    """Traced tensors carry their values along, for torch's branches on them."""
    with functorch_config.patch(fake_tensor_propagate_real_tensors=True):
        yield
