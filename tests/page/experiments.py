"""Pages with an experiment on data."""

from typing import Any

from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject, experiment_url

Json = dict[str, Any]

NET: Json = {
    "version": 1,
    "problem": {
        "kind": "learning",
        "dataset": {"id": "circle"},
        "model": {"id": "mlp", "params": {"hidden": [4, 2], "activation": "tanh"}},
        "loss": {"id": "bce_logits"},
        "batch": {"size": 10},
    },
    "runs": [
        {"optimizer": {"id": "sgd", "lr": 0.03}, "start": {"init": "default"}},
        {"optimizer": {"id": "adam", "lr": 0.03}, "start": {"init": "default"}},
    ],
}


def open_experiment(open_page: OpenPage, url: str, experiment: Json, **options: object) -> PageObject:
    """Opens the page with an experiment, playing."""
    return open_page(experiment_url(url, experiment), **options)


def pause_at_step(page: PageObject, step: int) -> None:
    """Pauses at a step, once that step is recorded."""
    page.wait_for("(s, step) => s.last >= step", step)
    page.pause()
    page.seek(step)
    page.page.locator("body").click(position={"x": 1, "y": 1})  # takes the focus out of the slider


def open_tab(page: PageObject, name: str) -> Any:
    """Opens a panel by its tab; returns its section."""
    page.page.get_by_role("tab", name=name, exact=True).click()
    return page.page.get_by_role("tabpanel").locator("section")
