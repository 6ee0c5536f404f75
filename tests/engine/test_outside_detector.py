"""A detector of another package: its file and its words are all that a new verdict needs."""

import subprocess
import sys
from os import environ
from pathlib import Path

DETECTOR = '''
"""Halved: the loss is half of what it was at record 0."""

from typing import Literal

from steepest.engine.diagnosis.detector import Detector
from steepest.engine.recording.verdict import Verdict


class Halved(Verdict):
    """The loss has halved."""

    code: Literal["halved"] = "halved"
    loss: float


class HalvedDetector(Detector):
    """Looks where the loss first is that low."""

    name = "halved"
    verdicts = (Halved,)
    runs = ("surfaces",)

    def scan(self):
        return self.records.loss <= self.records.start / 2

    def find(self, row, reported):
        if not self.marked[row]:
            return None
        if isinstance(reported, Halved):
            return reported
        return Halved(step=self.records.step + row, loss=float(self.records.loss[row]))
'''

WORDS = """
{
  "label": {"en": "half way down", "zh": "下到一半"},
  "mark": {"symbol": "converged", "en": "{name} is half way down", "zh": "{name} 下到一半"},
  "sentences": [[{"en": "{name} has half of its loss left: {loss}.", "zh": "{name} 的损失只剩一半：{loss}。"}]]
}
"""

PROGRAM = """
from steepest.engine import advance, prepare
from steepest.export import export_text, record
from steepest.protocol.binary import pack_chunk, unpack, unpack_chunk
from steepest.protocol.catalog import catalog
from steepest.protocol.schema import schema
from steepest.spec import parse_experiment

experiment = parse_experiment({
    "version": 1,
    "problem": {"kind": "surface", "id": "sphere"},
    "runs": [{"optimizer": {"id": "sgd", "lr": 0.02}, "start": [2.0, 2.0]}],
})
prepared, STEPS = prepare(experiment), 12
chunk, end = advance(prepared, None, STEPS)
verdicts = chunk.runs[0].verdicts
assert [verdict.code for verdict in verdicts] == ["descending", "halved"]

checkpoint, found = None, []
for step in range(STEPS + 1):
    part, checkpoint = advance(prepared, checkpoint, step)
    found.extend(part.runs[0].verdicts)
assert tuple(found) == verdicts
assert checkpoint.runs[0].diagnosis == end.runs[0].diagnosis

assert unpack_chunk(unpack(pack_chunk(chunk, 0))).runs[0].verdicts == verdicts
assert schema()["components"]["schemas"]["Halved"]["properties"]["loss"] == {"type": "number"}
words = catalog().verdicts["halved"]
assert (words.label.en, words.mark.symbol) == ("half way down", "converged")
recording = record(experiment, STEPS)
assert "half way down" in export_text(recording, "html")
assert "下到一半" in export_text(recording, "html", "zh")
"""


def test_appears_everywhere(tmp_path: Path) -> None:
    (tmp_path / "halving.py").write_text(DETECTOR)
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "halved.json").write_text(WORDS)
    info = tmp_path / "halving-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: halving\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[steepest.detectors]\nhalved = halving:HalvedDetector\n")
    subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, timeout=120, env=environ | {"PYTHONPATH": str(tmp_path)}
    )
