"""The cloud in a report: a mark and a path for each run, where its numbers say."""

import math
import re
from xml.etree import ElementTree

from steepest.classroom.cloud import CloudRun, Outcome
from steepest.classroom.cloud_picture import cloud_picture


def run(lr: float, loss: float, outcome: Outcome = "slow", path: list[list[float]] | None = None) -> CloudRun:
    return CloudRun(lr, 0.0, None, 60, loss, outcome, outcome, [0, 60], [1.0, loss], path or [])


def drawn(runs: list[CloudRun]) -> ElementTree.Element:
    picture = cloud_picture(runs, 60, "en")
    assert "nan" not in picture
    return ElementTree.fromstring(picture)


def marks(runs: list[CloudRun]) -> list[tuple[str, float, float]]:
    """Outcome, x and y of each."""
    found = []
    for path in drawn(runs).iter("path"):
        at = re.fullmatch(r"translate\((\S+) (\S+)\)", path.get("transform", ""))
        if at:
            found.append((path.get("class", ""), float(at[1]), float(at[2])))
    return found


def test_without_runs_there_is_no_picture() -> None:
    assert cloud_picture([], 60, "en") == ""


def test_both_axes_are_logarithmic() -> None:
    (_, x1, y1), (_, x2, y2), (_, x3, y3) = marks([run(0.01, 1e-4), run(0.1, 1e-2), run(1.0, 1.0)])
    assert (x1, x2, x3) == (0.0, 150.0, 300.0)
    assert math.isclose(y1 - y2, y2 - y3, abs_tol=0.11)
    assert y1 > y2 > y3


def test_what_diverged_lies_above_all_others() -> None:
    found = marks(
        [run(0.1, 5.0), run(0.5, math.nan, "diverged"), run(0.4, 1e30, "diverged"), run(0.2, 2.0, "converged")]
    )
    assert [outcome for outcome, *_ in found] == ["slow", "diverged", "diverged", "converged"]
    tops = {y for outcome, _, y in found if outcome == "diverged"}
    assert len(tops) == 1
    assert max(tops) < min(y for outcome, _, y in found if outcome != "diverged")


def test_losses_below_zero_have_a_linear_axis() -> None:
    (_, _, y1), (_, _, y2), (_, _, y3) = marks([run(0.01, -1.0), run(0.1, 0.0), run(1.0, 1.0)])
    assert math.isclose(y1 - y2, y2 - y3, abs_tol=0.11)


def test_a_loss_of_zero_lies_at_the_bottom() -> None:
    (_, _, y1), (_, _, y2) = marks([run(0.1, 0.0, "converged"), run(0.2, 1.0)])
    assert y1 == 295.0
    assert y2 < y1


def test_paths_are_drawn_to_scale_and_end_where_they_leave() -> None:
    calm = run(0.1, 0.1, "converged", [[-2.0, 0.0], [0.0, 1.0], [2.0, 4.0]])
    wild = run(0.9, math.nan, "diverged", [[-2.0, 0.0], [90.0, 1.0], [math.inf, 0.0]])
    first, second = drawn([calm, wild]).iter("polyline")
    assert first.get("points") == "5.0,295.0 150.0,222.5 295.0,5.0"
    assert second.get("points") == "5.0,295.0"


def test_of_equal_rates_only_the_paths_are_drawn() -> None:
    assert len(list(drawn([run(0.1, 0.5, path=[[0.0, 0.0]])] * 2).iter("polyline"))) == 2
    assert marks([run(0.1, 0.5, path=[[0.0, 0.0]])] * 2) == []
    assert len(marks([run(0.1, 0.5)] * 2)) == 2


def test_where_all_diverged_the_picture_is_around_their_starts() -> None:
    (only,) = drawn([run(0.9, math.nan, "diverged", [[3.0, 3.0], [3.5, 2.5], [1e9, 0.0]])]).iter("polyline")
    assert only.get("points") == "150.0,150.0 222.5,222.5"


def test_the_key_counts_each_outcome_in_words_and_shapes() -> None:
    words = "".join(drawn([run(0.1, 1.0), run(0.2, 1.0), run(0.5, math.nan, "diverged")]).itertext())
    assert "converged 0" in words
    assert "slow 2" in words
    assert "diverged 1" in words
    assert "发散 1" in cloud_picture([run(0.5, math.nan, "diverged")], 60, "zh")
