"""What each set piece claims, shown by its own run."""

import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from tests.gallery.recordings import EXERCISES, NOTES, records, runs

from steepest.engine import prepare, prepare_sweep
from steepest.engine.diagnosis.detectors.critical_point_visit import Escaped
from steepest.engine.diagnosis.detectors.diverged import Diverged
from steepest.engine.recording.verdict import Limit
from steepest.gallery.card import Exercise, Note
from steepest.spec import parse_sweep


def four_rates() -> None:
    slow, right, swinging, diverging = runs("four_rates")
    assert [abs(float(run.params[1, 0]) - 2) / 3 for run in runs("four_rates")] == pytest.approx([0.98, 0.5, 0.8, 1.1])
    assert abs(slow.params[-1, 0] - 2) < abs(slow.params[0, 0] - 2)
    assert right.params[-1, 0] == pytest.approx(2.0)
    assert swinging.params[-1, 0] == pytest.approx(2.0, abs=1e-3)
    assert abs(diverging.params[-1, 0] - 2) > 100
    assert diverging.verdicts[-1].code == "unstable"


def raw_thermometer() -> None:
    (run,) = runs("raw_thermometer")
    assert len(run) == 11
    end = run.verdicts[-1]
    assert isinstance(end, Diverged)
    assert end.cause == "unstable"
    assert isinstance(end.limit, Limit)
    assert end.limit.curvature == pytest.approx(5900, rel=0.01)
    assert end.limit.largest == pytest.approx(0.00034, rel=0.01)


def scaled_thermometer() -> None:
    (run,) = runs("scaled_thermometer")
    assert np.all(np.diff(run.loss) < 0)
    assert run.loss[-1] < 8
    assert run.eigenvalues[0, -1] == pytest.approx(59, rel=0.03)
    assert run.verdicts[-1].code == "valley"


def ravine_momentum() -> None:
    plain, heavy = runs("ravine_momentum")
    assert np.linalg.norm(heavy.params[-1]) < 0.1 * np.linalg.norm(plain.params[-1])


def edge_of_divergence() -> None:
    low, close, beyond = runs("edge_of_divergence")
    assert low.loss[-1] < 0.01
    assert close.loss[-1] < 0.01
    assert beyond.loss[-1] > 1e6
    fastest = np.abs(beyond.params[1:, 1] / beyond.params[:-1, 1])
    assert fastest == pytest.approx(abs(1 - 20 * 0.11), rel=1e-3)


def which_valley() -> None:
    one, other = runs("which_valley")
    assert one.params[-1] == pytest.approx([3.584, -1.848], abs=0.01)
    assert other.params[-1] == pytest.approx([-2.805, 3.131], abs=0.01)


def what_momentum_buys() -> None:
    plain, heavy = runs("what_momentum_buys")
    assert not np.isfinite(plain.loss[-1])
    assert heavy.loss[-1] < 1e-3


def hanging_at_a_saddle() -> None:
    (run,) = runs("hanging_at_a_saddle")
    (escaped,) = (verdict for verdict in run.verdicts if isinstance(verdict, Escaped))
    assert escaped.escape is not None
    assert escaped.step == pytest.approx(60, abs=3)
    assert abs(escaped.step - escaped.escape) <= 2


def local_minima() -> None:
    ends = {tuple(run.params[-1].round(1).tolist()) for run in runs("local_minima")}
    assert len(ends) == 4
    assert all(run.loss[-1] < 1e-4 for run in runs("local_minima"))


def bottomless() -> None:
    (run,) = runs("bottomless")
    assert run.loss[-1] < -1e4
    assert run.verdicts[-1].code == "bottomless"


def adam_against_sgd() -> None:
    sgd, adam = runs("adam_against_sgd")
    assert abs(sgd.params[-1, 1]) < 0.2
    assert adam.params[-1, 1] < -5
    assert adam.loss[-1] < sgd.loss[-1] / 3


def newton_rosenbrock() -> None:
    sgd, adam, newton = runs("newton_rosenbrock")
    assert newton.loss[9] < 1e-6
    assert min(sgd.loss[-1], adam.loss[-1]) > 0.1


def trembling(weights: np.ndarray) -> float:
    return float(weights.std(axis=0).max())


def batch_noise() -> None:
    (run,) = runs("batch_noise")
    early, late = run.params[150:225], run.params[225:]
    assert late.mean(axis=0) == pytest.approx([-1, 2], abs=0.1)
    assert trembling(late) > 0.005
    assert trembling(late) > 0.3 * trembling(early)


def schedule() -> None:
    kept, falling = runs("schedule")
    data = prepare(EXERCISES["schedule"].experiment).problem.splits(torch.float64)[0]  # type: ignore[attr-defined]
    best = torch.linalg.lstsq(data.inputs, data.targets).solution[:, 0].numpy()
    away = [float(np.linalg.norm(run.params[-1] - best)) for run in (kept, falling)]
    assert away[1] < away[0] / 2
    assert falling.lr[-1] < 0.01 * falling.lr[1]


def forgotten_zero_grad() -> None:
    right, forgotten = runs("forgotten_zero_grad")
    assert right.verdicts[-1].code == "converged"
    assert forgotten.loss[60:].max() > 100 * right.loss[-1]
    assert len(forgotten) == 101


def overfitting() -> None:
    (run,) = runs("overfitting")
    assert run.metrics is not None
    train, dev = run.metrics.losses[:, 0], run.metrics.losses[:, 1]
    best = int(dev.argmin())
    assert 0 < best < len(dev) - 10
    assert dev[-1] > 1.2 * dev[best]
    assert train[-1] < 0.5 * train[best]
    problem = prepare(EXERCISES["overfitting"].experiment).problem
    assert problem.dim == 4353
    assert [len(part) for part in problem.splits(torch.float32)] == [14, 10, 0]  # type: ignore[attr-defined]


def vanishing() -> None:
    (run,) = runs("vanishing")
    assert run.loss[-1] == pytest.approx(np.log(2), abs=1e-3)
    assert run.metrics is not None
    gradients = run.metrics.layers[0, :, 1]
    assert gradients[0] < 1e-3 * gradients[-2]
    cured = EXERCISES["vanishing"].experiment.model_dump()
    cured["problem"]["model"]["params"]["activation"] = "tanh"
    experiment = type(EXERCISES["vanishing"].experiment).model_validate(cured)
    # At this rate the loss still jumps now and then, at steps that rounding decides: so the usual loss, not the last.
    assert np.median(records(experiment, 300)[0].loss[-50:]) < 0.2


def exclusive_or() -> None:
    (run,) = runs("exclusive_or")
    assert run.loss[-1] > 0.66
    better = EXERCISES["exclusive_or"].experiment.model_dump()
    better["problem"]["model"] = {"id": "mlp", "params": {"hidden": [4], "activation": "tanh"}}
    better["runs"][0]["optimizer"] = {"id": "adam", "lr": 0.05}
    assert records(type(EXERCISES["exclusive_or"].experiment).model_validate(better), 600)[0].loss[-1] < 0.2


def spiral() -> None:
    adam, sgd = runs("spiral")
    assert adam.loss[-1] < 0.05
    assert sgd.loss[-1] > 4 * adam.loss[-1]


def all_zero() -> None:
    zero, drawn = runs("all_zero")
    assert zero.loss[-1] == pytest.approx(np.log(2), abs=1e-3)
    assert np.all(zero.params[-1][:24] == 0)
    assert drawn.loss[-1] < 0.2


def edge() -> None:
    (run,) = runs("edge")
    assert run.metrics is not None
    known = np.isfinite(run.metrics.sharpness)
    steps, sharpness = run.metrics.steps[known], run.metrics.sharpness[known]
    assert sharpness[0] < 10
    assert sharpness[steps >= 300] == pytest.approx(20, rel=0.15)


def pictures_of_weights() -> None:
    (run,) = runs("pictures_of_weights")
    assert run.metrics is not None
    assert run.metrics.accuracy[-1, 1] > 0.9
    assert run.fits is not None
    weights = run.fits.weights[-1][:640].reshape(10, 64)
    problem = prepare(EXERCISES["pictures_of_weights"].experiment).problem
    train = problem.splits(torch.float32)[0]  # type: ignore[attr-defined]
    pictures, labels = train.inputs.reshape(-1, 64).numpy(), train.targets.numpy()
    for digit in range(10):  # bright where that digit has more ink than the others
        ink = pictures[labels == digit].mean(axis=0) - pictures[labels != digit].mean(axis=0)
        assert np.corrcoef(ink, weights[digit])[0, 1] > 0.5


CLAIMS: dict[str, Callable[[], None]] = {
    claim.__name__: claim
    for claim in (
        four_rates,
        edge_of_divergence,
        which_valley,
        what_momentum_buys,
        raw_thermometer,
        scaled_thermometer,
        ravine_momentum,
        hanging_at_a_saddle,
        local_minima,
        bottomless,
        adam_against_sgd,
        newton_rosenbrock,
        batch_noise,
        schedule,
        forgotten_zero_grad,
        overfitting,
        vanishing,
        exclusive_or,
        spiral,
        all_zero,
        edge,
        pictures_of_weights,
    )
}


@pytest.mark.parametrize("piece", EXERCISES)
def test_what_it_claims_is_so(piece: str) -> None:
    CLAIMS[piece]()


@pytest.mark.parametrize("piece", [piece for piece in EXERCISES.values() if piece.map], ids=lambda piece: piece.id)
def test_a_map_is_one_of_its_run(piece: Exercise) -> None:
    assert piece.map
    assert piece.panel == "runmap"
    alone = piece.experiment.model_copy(update={"runs": [piece.experiment.runs[piece.run]]})
    axes = [{"set": path, "low": 0.01, "high": 0.1, "count": 2} for path in piece.map]
    prepared = prepare_sweep(parse_sweep({"version": 1, "experiment": alone.model_dump(), "axes": axes, "steps": 1}))
    assert all(isinstance(given, str | int) for given in prepared.inputs), "made in one call"


def test_no_two_cards_have_one_name() -> None:
    assert not NOTES.keys() & EXERCISES.keys()


def test_there_are_enough_of_them_each_with_one_right_answer() -> None:
    assert len(EXERCISES) >= 15
    for piece in EXERCISES.values():
        assert 0 <= piece.right < len(piece.choices)
        assert len({choice.en for choice in piece.choices}) == len(piece.choices) >= 3


def test_the_right_answer_is_not_always_at_the_same_place() -> None:
    places = [piece.right for piece in EXERCISES.values()]
    assert max(places.count(place) for place in range(3)) <= 0.7 * len(places)


def test_exercises_are_compiled_and_notes_are_not() -> None:
    assert {exercise.experiment.engine for exercise in EXERCISES.values()} == {"compiled"}
    assert {note.experiment.engine for note in NOTES.values()} == {"eager"}


def test_each_card_says_which_run_it_is_about() -> None:
    cards: list[Exercise | Note] = [*EXERCISES.values(), *NOTES.values()]
    assert all(card.run < len(card.experiment.runs) for card in cards)
    summed = [card for card in cards if any(not run.zero_grad for run in card.experiment.runs)]
    assert len(summed) == 2
    assert all(not card.experiment.runs[card.run].zero_grad for card in summed)


# Where something stands differs between a window, a phone and a projector.
_PLACE = re.compile(
    r"\b(at|on) the (left|right|top|bottom)\b|(above|below|beside|left of|right of|under) the (stage|map|chart|page)"
    r"|(页面|舞台|地图|图)(顶部|底部|上方|下方|左侧|右侧|左边|右边)"
)


def test_no_card_says_where_on_the_page_something_is() -> None:
    assert _PLACE.search("The loss is below the stage.")
    for name, card in {**NOTES, **EXERCISES}.items():
        words = re.findall(r'"(?:en|zh)":"((?:[^"\\]|\\.)*)"', card.model_dump_json())
        assert words
        for text in words:
            assert not _PLACE.search(text), f"{name}: {text}"
