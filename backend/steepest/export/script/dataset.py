"""The data of a script: the source that makes it, the numbers themselves, or the files that it reads."""

import torch

from steepest.export.script.literals import call, comment, literal, plain
from steepest.export.script.packing import IMPORTS, UNPACK, packed
from steepest.export.script.sources import Sources
from steepest.problems import LearningProblem
from steepest.problems.losses.common import as_probabilities
from steepest.problems.rng import seed_for

# Kept as they are stored, and made into inputs by the division that the data set itself makes.
_PIXELS = {"digits": 16}


def data(problem: LearningProblem, sources: Sources, to: str) -> str:
    """The lines that set `train_inputs`, `train_targets` and those of the other parts. to: what tensors go to.

    A set that is made, and one of few numbers, is made by the source that makes it here, which gives the same bits.
    What lies in a file is written out, compressed: a script needs nothing beside it. Raises `Invalid` where another
    package's has no name to be imported by.
    """
    made = _stored(problem, sources) if _has_files(problem) else _made(problem, sources)
    floats = problem.loss.targets is as_probabilities or not problem.shape.classes
    targets = "targets.reshape(-1, 1)" if problem.loss.targets is as_probabilities else "targets"
    device = to.removesuffix("dtype").removesuffix(", ")
    kind = f".to({to})" if floats else f".to({device})" if device else ""
    changed = [f"inputs = inputs.to({to})", *([f"targets = {targets}{kind}"] if targets + kind != "targets" else [])]
    about = f"{problem.dataset.title.en}: {problem.dataset.about.en} Source: {problem.dataset.source}"
    return "\n".join([comment(plain(about)), *made, *changed, *_parts(problem, sources)])


def _has_files(problem: LearningProblem) -> bool:
    return problem.dataset.stored or problem.dataset.id in _PIXELS


def _made(problem: LearningProblem, sources: Sources) -> list[str]:
    make = sources.use(problem.dataset.make)
    arguments = []
    for name, value in problem.data_values.items():
        if isinstance(value, list):  # of points: a list of lists
            arguments.append(f"{name}={value!r}")
        else:
            arguments.append(f"{name}={literal(value)}")
    return [call(f"data = {make}(", arguments), "inputs, targets = data.inputs, data.targets"]


def _stored(problem: LearningProblem, sources: Sources) -> list[str]:
    for module in IMPORTS:
        sources.need_import(module, f"import {module}")
    sources.define("unpacked", UNPACK)
    inputs, targets = problem.data.inputs, problem.data.targets
    scale = _PIXELS.get(problem.dataset.id, 255)
    pixels = (inputs * scale).round()
    lines = []
    if inputs.dtype == torch.float32 and torch.equal(pixels.to(torch.uint8).float() / scale, inputs):
        inputs = pixels.to(torch.uint8)
        lines.append(f"inputs = inputs.float() / {scale}")
    if not targets.is_floating_point() and int(targets.max()) < 256:
        targets = targets.to(torch.uint8)
        lines.append("targets = targets.long()")
    return [f"inputs = {packed(inputs)}", f"targets = {packed(targets)}", *lines]


def _parts(problem: LearningProblem, sources: Sources) -> list[str]:
    """Which samples are trained on, and which are kept back."""
    sizes, own = problem.split_sizes, problem.shape.own_test
    there = problem.shape.count - own
    drawn = sizes.dev > 0 or sizes.test > own
    if not drawn:
        lines = [
            "train_inputs, train_targets = "
            + ("inputs, targets" if not own else f"inputs[:{there}], targets[:{there}]")
        ]
        return [*lines, f"test_inputs, test_targets = inputs[{there}:], targets[{there}:]"] if own else lines
    name = sources.use(seed_for)
    lines = [
        f'order = torch.randperm({there}, generator=torch.Generator().manual_seed({name}(seed, "split", 0)))',
        f"train_order = order[:{sizes.train}].sort().values",
        "train_inputs, train_targets = inputs[train_order], targets[train_order]",
    ]
    if sizes.dev:
        lines += [
            f"dev_order = order[{sizes.train}:{sizes.train + sizes.dev}].sort().values",
            "dev_inputs, dev_targets = inputs[dev_order], targets[dev_order]",
        ]
    if own:
        lines.append(f"test_inputs, test_targets = inputs[{there}:], targets[{there}:]")
    elif sizes.test:
        lines += [
            f"test_order = order[{sizes.train + sizes.dev}:].sort().values",
            "test_inputs, test_targets = inputs[test_order], targets[test_order]",
        ]
    return lines
