"""An experiment as a Jupyter notebook: the script's code in cells, with headings and a plot.

nbformat 4.5: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

import json
from typing import Any

from steepest.export.recording import Recording
from steepest.export.script.python import script_writer
from steepest.spec.text import Language, counted

_WORDS = {
    "en": {
        "title": "# A Steepest experiment in plain PyTorch",
        "what": "The problem that is minimised: **{problem}**. {of_runs}, {of_steps}.",
        "how": "Run the cells from top to bottom. Every run is repeated and must end where its recording does.",
        "plot": "## The loss of every run\n\nDrawn if matplotlib is installed, else printed.",
    },
    "zh": {
        "title": "# 一个 Steepest 实验，用纯 PyTorch 写成",
        "what": "要最小化的问题：**{problem}**。运行数 {runs}，共 {last} 步。",
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
    pyplot.ylabel("loss of the step")
    pyplot.legend()
    pyplot.show()"""


def notebook(recording: Recording, language: Language = "en") -> str:
    """The notebook as JSON. When run, it fails unless every run ends at the recorded parameters, as the script does.

    Raises `Invalid` as `python` does.
    """
    script = script_writer(recording, history=True)
    words = _WORDS[language]
    runs, last = len(recording.runs), recording.last
    what = words["what"].format(
        problem=recording.experiment.problem.name,
        runs=runs,
        last=last,
        of_runs=counted(runs, "run"),
        of_steps=counted(last, "step"),
    )
    about = script.about.strip() if language == "en" else words["how"]
    cells = [_text(0, "\n\n".join([words["title"], what, *dict.fromkeys([about, words["how"]])]))]
    for section in script.sections():
        cells.append(_text(len(cells), f"## {section.heading.in_language(language)}"))
        cells.append(_code(len(cells), section.code))
    cells += [_text(len(cells), words["plot"]), _code(len(cells) + 1, _PLOT)]
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _text(number: int, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": f"cell-{number}", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(number: int, text: str) -> dict[str, Any]:
    return {**_text(number, text), "cell_type": "code", "execution_count": None, "outputs": []}
