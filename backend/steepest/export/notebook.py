"""An experiment as a Jupyter notebook: the same code as the script, in pieces, with words between and a plot.

nbformat 4.5 as its schema has it: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

import json
from collections.abc import Sequence
from typing import Any

from steepest.export.recording import Recording
from steepest.export.script.python import writer
from steepest.spec.text import Language

FORMAT = (4, 5)

_WORDS = {
    "en": {
        "title": "# A Steepest experiment in plain PyTorch",
        "what": "What is minimised, as it was set up: **{problem}**. {runs} run(s), {last} steps.",
        "how": "Run the cells from top to bottom. Every run is repeated and must end where its recording does.",
        "plot": "## The loss of every run\n\nDrawn where matplotlib is installed, else printed.",
    },
    "zh": {
        "title": "# 一个 Steepest 实验，用纯 PyTorch 写成",
        "what": "所最小化的问题：**{problem}**。运行数 {runs}，共 {last} 步。",
        "how": "请从上到下依次运行各单元。每个运行都会重做一遍，且必须停在记录的终点。",
        "plot": "## 各运行的损失\n\n装有 matplotlib 时画图，否则打印。",
    },
}

_PLOT = """\
try:
    from matplotlib import pyplot
except ImportError:
    for name, history in losses.items():
        print(f"{name}: loss {history[:1]} at first, {history[-1:]} at last, {len(history)} steps")
else:
    for name, history in losses.items():
        pyplot.plot(history, label=name)
    if all(loss > 0 for history in losses.values() for loss in history):
        pyplot.yscale("log")
    pyplot.xlabel("step")
    pyplot.ylabel("loss that the step saw")
    pyplot.legend()
    pyplot.show()"""


def notebook(recording: Recording, language: Language = "en") -> str:
    """The notebook as JSON. Executed, it fails unless every run ends at the recorded parameters, as the script does.

    Raises `Invalid` as `python` does.
    """
    script = writer(recording, history=True)
    words = _WORDS[language]
    said = {
        "problem": recording.experiment.problem.name,
        "runs": len(recording.runs),
        "last": recording.last,
    }
    about = script.about.strip() if language == "en" else words["how"]
    top = "\n\n".join([words["title"], words["what"].format(**said), *dict.fromkeys([about, words["how"]])])
    cells = [_text(0, top)]
    for piece in script.pieces():
        cells.append(_text(len(cells), f"## {piece.heading.in_language(language)}"))
        cells.append(_code(len(cells), piece.code))
    cells += [_text(len(cells), words["plot"]), _code(len(cells) + 1, _PLOT)]
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": FORMAT[0],
        "nbformat_minor": FORMAT[1],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _text(place: int, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": f"cell-{place}", "metadata": {}, "source": _lines(text)}


def _code(place: int, text: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"cell-{place}",
        "metadata": {},
        "outputs": [],
        "source": _lines(text),
    }


def _lines(text: str) -> Sequence[str]:
    """Line by line, each but the last with its end, as Jupyter writes it."""
    return text.splitlines(keepends=True)
