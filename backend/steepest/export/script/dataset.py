"""The data of a script: created by the data set's own source, or written into the script, compressed."""

import torch

from steepest.export.script.literals import call, comment, literal, plain
from steepest.export.script.packing import pack, use_packing
from steepest.export.script.sources import Sources
from steepest.problems import LearningProblem
from steepest.problems.losses.outputs_and_targets import as_probabilities
from steepest.problems.rng import seed_for

# Stored as integers; the data set divides them by this number.
_SCALES = {"digits": 16}


def data_code(problem: LearningProblem, sources: Sources, to: str) -> str:
    """The lines that set `train_inputs`, `train_targets` and those of the other parts.

    to: arguments of `Tensor.to`: device and dtype.
    Generated and small data sets are created by their own source, which gives the same bits. Data that lie in a file
    are written into the script. Raises `Invalid` where another package's data set cannot be imported by name.
    """
    stored = problem.dataset.stored or problem.dataset.id in _SCALES
    made = _stored(problem, sources) if stored else _generated(problem, sources)
    floats = problem.loss.targets is as_probabilities or not problem.shape.classes
    targets = "targets.reshape(-1, 1)" if problem.loss.targets is as_probabilities else "targets"
    device = to.removesuffix("dtype").removesuffix(", ")
    moved = f".to({to})" if floats else f".to({device})" if device else ""
    made.append(f"inputs = inputs.to({to})")
    if targets + moved != "targets":
        made.append(f"targets = {targets}{moved}")
    about = f"{problem.dataset.title.en}: {problem.dataset.about.en} Source: {problem.dataset.source}"
    return "\n".join([comment(plain(about)), *made, *_split(problem, sources)])


def _generated(problem: LearningProblem, sources: Sources) -> list[str]:
    make = sources.use(problem.dataset.make)
    arguments = [  # a list of points stays a list of lists
        f"{name}={value!r}" if isinstance(value, list) else f"{name}={literal(value)}"
        for name, value in problem.data_values.items()
    ]
    return [call(f"data = {make}(", arguments), "inputs, targets = data.inputs, data.targets"]


def _stored(problem: LearningProblem, sources: Sources) -> list[str]:
    use_packing(sources)
    inputs, targets = problem.data.inputs, problem.data.targets
    scale = _SCALES.get(problem.dataset.id, 255)
    pixels = (inputs * scale).round()
    lines = []
    if inputs.dtype == torch.float32 and torch.equal(pixels.to(torch.uint8).float() / scale, inputs):
        inputs = pixels.to(torch.uint8)
        lines.append(f"inputs = inputs.float() / {scale}")
    if not targets.is_floating_point() and int(targets.max()) < 256:
        targets = targets.to(torch.uint8)
        lines.append("targets = targets.long()")
    return [f"inputs = {pack(inputs)}", f"targets = {pack(targets)}", *lines]


def _split(problem: LearningProblem, sources: Sources) -> list[str]:
    """The lines that divide the samples into training, development and test part."""
    sizes, own_test = problem.split_sizes, problem.shape.own_test
    count = problem.shape.count - own_test
    test = [f"test_inputs, test_targets = inputs[{count}:], targets[{count}:]"] if own_test else []
    if sizes.dev == 0 and sizes.test <= own_test:
        train = f"inputs[:{count}], targets[:{count}]" if own_test else "inputs, targets"
        return [f"train_inputs, train_targets = {train}", *test]
    bounds = {"train": f":{sizes.train}"}
    if sizes.dev:
        bounds["dev"] = f"{sizes.train}:{sizes.train + sizes.dev}"
    if not own_test and sizes.test:
        bounds["test"] = f"{sizes.train + sizes.dev}:"
    name = sources.use(seed_for)
    lines = [f'order = torch.randperm({count}, generator=torch.Generator().manual_seed({name}(seed, "split", 0)))']
    for part, bound in bounds.items():
        lines += [
            f"{part}_order = order[{bound}].sort().values",
            f"{part}_inputs, {part}_targets = inputs[{part}_order], targets[{part}_order]",
        ]
    return [*lines, *test]
