"""Pages on which a model learns."""

import base64
import json
import zlib
from typing import Any

from tests.page.conftest import Look
from tests.page.looking import Looking

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


def opened(open_page: Look, url: str, experiment: Json, **options: object) -> Looking:
    """The page with an experiment of one's own, playing."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(json.dumps(experiment).encode()) + packer.flush()
    return open_page(f"{url}#x={base64.urlsafe_b64encode(packed).decode().rstrip('=')}&step=0", **options)


def at_step(page: Looking, step: int) -> None:
    """At rest, at a step that is recorded."""
    page.until("(s, step) => s.last >= step", step)
    page.pause()
    page.seek(step)
    page.page.locator("body").click(position={"x": 1, "y": 1})  # the keys are the page's again


def tab(page: Looking, name: str) -> Any:
    """Brings a panel to the front, unfolded; its section."""
    page.page.get_by_role("tab", name=name, exact=True).click()
    return page.page.get_by_role("tabpanel").locator("section")
