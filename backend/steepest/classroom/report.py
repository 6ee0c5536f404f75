"""The report of a lesson: each question with its answers and the truth, each exploration with its runs' settings."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from statistics import median

from steepest.classroom.activity import Explore, Predict
from steepest.classroom.cloud import CloudRun, momentum_of, rate_of
from steepest.classroom.cloud_picture import STYLE, cloud_picture
from steepest.classroom.labels import label
from steepest.classroom.question import Answer, ChooseQuestion
from steepest.classroom.spread import ChooseSpread, NumberSpread, OrderSpread, PlaceSpread, Spread, spread
from steepest.classroom.state import RoomState, Stage
from steepest.classroom.truth import ChooseTruth, NumberTruth, OrderTruth, PlaceTruth, Truth
from steepest.spec import Text
from steepest.spec.text import Language

Truths = Mapping[int, Truth | Text | None]
Clouds = Mapping[int, Sequence[CloudRun]]

_WORDS = {
    "title": Text("Report of a lesson", "课堂报告"),
    "room": Text("Room", "课堂"),
    "seats": Text("Seats", "座位数"),
    "question": Text("Question", "问题"),
    "answers": Text("Answers", "回答数"),
    "answer": Text("Answer", "回答"),
    "count": Text("Count", "人数"),
    "truth": Text("What happened", "实际结果"),
    "right": Text("right", "正确"),
    "median": Text("Middle answer", "中位数"),
    "range": Text("From … to", "范围"),
    "none": Text("none", "无"),
    "explored": Text("Explored by", "参与探索"),
    "seat": Text("Seat", "座位"),
    "name": Text("Name", "姓名"),
    "rate": Text("Learning rate", "学习率"),
    "momentum": Text("Momentum", "动量"),
    "watch": Text("Watched together", "共同观看"),
    "run": Text("run", "运行"),
    "open": Text("not closed", "未结束"),
}

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:50rem;padding:0 1rem}"
    "table{border-collapse:collapse;margin:.5rem 0}td,th{border:1px solid #8888;padding:.25rem .6rem;text-align:left}"
    "td.number{text-align:right;font-variant-numeric:tabular-nums}tr.right{font-weight:700}"
    f"meter{{width:10rem}}.muted{{opacity:.7}}{STYLE}"
)


def html_report(state: RoomState, truths: Truths, clouds: Clouds, language: Language, *, names: bool) -> str:
    """The report as one HTML file without scripts.

    truths, clouds: by activity; the runs of a cloud are those that could be made. names: of the seats, where they are
    kept.
    """
    say = {key: text.in_language(language) for key, text in _WORDS.items()}
    title = f"{say['title']} {state.code}"
    if state.lesson is not None:
        title = f"{state.lesson.title.text().in_language(language)} · {state.code}"
    lang = "zh-CN" if language == "zh" else "en"
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    parts = [
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>",
        f'<p class="muted">{say["seats"]}: {len(state.seats)}</p>',
    ]
    for n, stage in enumerate(state.stages, start=1):
        parts.append(f"<section>\n<h2>{n}. {escape(_heading(stage, say, language))}</h2>")
        parts += _section(state, stage, truths.get(stage.number), say, language, names)
        parts.append(cloud_picture(clouds.get(stage.number, ()), stage.activity.until, language))
        parts.append("</section>")
    parts.append("</main>\n</body>\n</html>\n")
    return "\n".join(parts)


def _section(
    state: RoomState, stage: Stage, truth: Truth | Text | None, say: dict[str, str], language: Language, names: bool
) -> Iterator[str]:
    activity = stage.activity
    if isinstance(activity, Predict):
        found = spread(activity.question, stage.answers.values())
        yield f"<p>{say['answers']}: {len(stage.answers)}</p>"
        yield from _answers(activity, found, truth, say, language)
        yield f"<p><strong>{say['truth']}:</strong> {escape(_truth_words(activity, truth, say, language))}</p>"
        if names:
            rows = [
                (_who(state, seat, language), answer_words(activity, answer, language))
                for seat, answer in sorted(stage.answers.items())
            ]
            yield _table((say["seat"], say["answer"]), rows)
    elif isinstance(activity, Explore):
        yield f"<p>{say['explored']}: {len(stage.explored)}</p>"
        explored = [
            (
                *((_who(state, seat, language),) if names else ()),
                _number(rate_of(experiment, activity.run)),
                _number(momentum_of(experiment, activity.run)),
            )
            for seat, experiment in sorted(stage.explored.items())
        ]
        head = (*((say["seat"],) if names else ()), say["rate"], say["momentum"])
        yield _table(head, explored if names else sorted(explored))


def _answers(
    activity: Predict, found: Spread, truth: Truth | Text | None, say: dict[str, str], language: Language
) -> Iterator[str]:
    if isinstance(found, ChooseSpread) and isinstance(activity.question, ChooseQuestion):
        right = truth.options if isinstance(truth, ChooseTruth) else ()
        most = max([*found.counts, 1])
        rows = []
        for n, (option, count) in enumerate(zip(activity.question.options, found.counts, strict=True)):
            mark = ' class="right"' if n in right else ""
            words = escape(option.label.text().in_language(language)) + (f" ({say['right']})" if n in right else "")
            bar = f'<meter max="{most}" value="{count}">{count}</meter>'
            rows.append(f'<tr{mark}><td>{words}</td><td>{bar}</td><td class="number">{count}</td></tr>')
        yield f"<table>\n{chr(10).join(rows)}\n</table>"
    elif isinstance(found, NumberSpread) and found.values:
        values = found.values
        between = f"{_number(values[0])} – {_number(values[-1])}"
        yield f"<p>{say['median']}: {_number(median(values))}; {say['range']} {between}</p>"
    elif isinstance(found, PlaceSpread) and found.places:
        yield _table((say["answer"],), [(_place(place),) for place in found.places])
    elif isinstance(found, OrderSpread) and found.orders:
        rows_ = [(_order(order.runs, say), str(order.count)) for order in found.orders]
        yield _table((say["answer"], say["count"]), rows_)


def csv_report(state: RoomState, truths: Truths, language: Language, *, names: bool) -> str:
    """One row an answer or an explored run: activity, kind, question, seat, name, answer, truth, rate, momentum.

    A question that nobody answered has a row too. Without names the column of seats and the one of names are left out,
    and the rows are sorted.
    """
    say = {key: text.in_language(language) for key, text in _WORDS.items()}
    out = io.StringIO()
    who = ["seat", "name"] if names else []
    table = csv.writer(out)
    table.writerow(["activity", "kind", "question", *who, "answer", "truth", "lr", "momentum"])
    for n, stage in enumerate(state.stages, start=1):
        rows = list(_csv_rows(state, stage, truths.get(stage.number), say, language))
        chosen = [[n, kind, ask, *(seat if names else ()), *rest] for kind, ask, seat, *rest in rows]
        table.writerows([[_harmless(cell) for cell in row] for row in (chosen if names else sorted(chosen, key=str))])
    return "\ufeff" + out.getvalue()  # the mark by which spreadsheets know UTF-8


def _csv_rows(
    state: RoomState, stage: Stage, truth: Truth | Text | None, say: dict[str, str], language: Language
) -> Iterator[tuple[str, str, tuple[str, str], str, str, str, str]]:
    activity = stage.activity
    if isinstance(activity, Predict):
        ask = activity.question.ask.text().in_language(language)
        right = _truth_words(activity, truth, say, language)
        for seat, answer in sorted(stage.answers.items()):
            given = answer_words(activity, answer, language)
            yield "predict", ask, _seat(state, seat, language), given, right, "", ""
        if not stage.answers:
            yield "predict", ask, ("", ""), "", right, "", ""
    elif isinstance(activity, Explore):
        for seat, experiment in sorted(stage.explored.items()):
            rate, momentum = rate_of(experiment, activity.run), momentum_of(experiment, activity.run)
            yield "explore", "", _seat(state, seat, language), "", "", _exact(rate), _exact(momentum)


def _harmless(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _seat(state: RoomState, seat: int, language: Language) -> tuple[str, str]:
    return label(seat).in_language(language), state.seats[seat].name


def _who(state: RoomState, seat: int, language: Language) -> str:
    called, name = _seat(state, seat, language)
    return f"{name} ({called})" if name else called


def _heading(stage: Stage, say: dict[str, str], language: Language) -> str:
    activity = stage.activity
    if isinstance(activity, Predict):
        return activity.question.ask.text().in_language(language)
    if stage.title is not None:
        return stage.title.in_language(language)
    return say["watch"] if activity.kind == "watch" else say["explored"]


def answer_words(activity: Predict, answer: Answer, language: Language) -> str:
    """An answer as a person reads it."""
    say = {key: text.in_language(language) for key, text in _WORDS.items()}
    match answer.kind:
        case "choose":
            assert isinstance(activity.question, ChooseQuestion)
            return activity.question.options[answer.option].label.text().in_language(language)
        case "number":
            return _number(answer.value)
        case "place":
            return _place(answer.at)
        case "order":
            return _order(answer.runs, say)


def _truth_words(activity: Predict, truth: Truth | Text | None, say: dict[str, str], language: Language) -> str:
    match truth:
        case None:
            return say["open"]
        case Text():
            return truth.in_language(language)
        case ChooseTruth(options=options):
            assert isinstance(activity.question, ChooseQuestion)
            labels = [activity.question.options[n].label.text().in_language(language) for n in options]
            return "; ".join(labels) or say["none"]
        case NumberTruth(value=value):
            return say["none"] if value is None else _number(value)
        case PlaceTruth(at=at):
            return say["none"] if at is None else _place(at)
        case OrderTruth(runs=runs):
            return _order(runs, say)


def _order(runs: Sequence[int], say: dict[str, str]) -> str:
    return " < ".join(f"{say['run']} {run + 1}" for run in runs)


def _place(at: Sequence[float]) -> str:
    return f"({', '.join(_number(value) for value in at)})"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _exact(value: float | None) -> str:
    return "" if value is None else repr(value)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "\n".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>\n<tr>{top}</tr>\n{body}\n</table>"
