"""The report's words, in both languages."""

from steepest.spec import Text
from steepest.spec.text import Language

WORDS = {
    "title": Text("{problem}: {runs} runs, {steps} steps", "{problem}：{runs} 个运行，{steps} 步"),
    "title.one": Text("{problem}: one run, {steps} steps", "{problem}：1 个运行，{steps} 步"),
    "made": Text("A recording of Steepest {version}", "Steepest {version} 的记录"),
    "experiment": Text("The experiment", "实验"),
    "problem": Text("Problem", "问题"),
    "learning": Text("{data}: {model}", "{data}：{model}"),
    "dataset": Text("Data", "数据"),
    "model": Text("Model", "模型"),
    "size": Text("{n} parameters", "{n} 个参数"),
    "parts": Text("Samples", "样本"),
    "parts.are": Text(
        "{train} for training, {dev} for development, {test} for the test", "训练 {train}，开发 {dev}，测试 {test}"
    ),
    "batch": Text("Batches", "批次"),
    "batch.all": Text("every step uses the whole training part", "每步都使用全部训练样本"),
    "batch.epoch": Text("of {size}, each sample once an epoch", "每批 {size} 个，每轮每个样本一次"),
    "batch.replacement": Text("of {size}, drawn at every step", "每批 {size} 个，每步重新抽取"),
    "penalty": Text("Penalty", "惩罚项"),
    "penalty.is": Text("L1 {l1}, L2 {l2}", "L1 {l1}，L2 {l2}"),
    "drawn": Text("drawn from the seed: {how}", "由随机种子抽取：{how}"),
    "parts.loss": Text("Loss on each part of the data", "各部分数据上的损失"),
    "part.train": Text("training", "训练"),
    "part.dev": Text("development", "开发"),
    "part.test": Text("test", "测试"),
    "fit": Text("The data and the model's outputs at the end", "数据与模型最后的输出"),
    "confusion": Text("True classes and the model's predictions at the end", "真实类别与模型最后的预测"),
    "predicted": Text("True values and the model's predictions at the end", "真实值与模型最后的预测"),
    "samples": Text("samples", "样本"),
    "value": Text("model output", "模型输出"),
    "value.true": Text("true value", "真实值"),
    "probability": Text("probability", "概率"),
    "class.given": Text("predicted class", "预测类别"),
    "class.true": Text("true class", "真实类别"),
    "typed": Text("as it was typed", "所输入的表达式"),
    "dtype": Text("Number format", "数值类型"),
    "seed": Text("Seed", "随机种子"),
    "where": Text("Made with", "计算环境"),
    "where.is": Text("torch {torch} on {device}", "torch {torch}，设备 {device}"),
    "engine": Text("Engine", "引擎"),
    "engine.eager": Text("PyTorch (eager)", "PyTorch（即时执行）"),
    "engine.compiled": Text("compiled", "编译"),
    "runs": Text("Runs", "运行"),
    "run": Text("Run", "运行"),
    "optimizer": Text("Optimizer", "优化器"),
    "start": Text("Start", "起点"),
    "branch": Text("a branch of {run} from step {step}", "从 {run} 的第 {step} 步分出"),
    "edits": Text("Changes on the way", "运行中的修改"),
    "edits.none": Text("None: every run kept its first settings.", "没有：每个运行都按最初的设置进行。"),
    "edit": Text("step {step}, {run}: {change}", "第 {step} 步，{run}：{change}"),
    "edit.moved": Text("parameters moved to {point}", "参数移到 {point}"),
    "edit.replaced": Text("optimizer replaced by {optimizer}", "优化器换成 {optimizer}"),
    "map": Text("The paths", "路径"),
    "map.note": Text(
        "An open circle is a run's start, a filled one its end. Where a path leaves the plot, it continues outside.",
        "空心圆是起点，实心圆是终点。路径离开画面后仍在画外继续。",
    ),
    "loss": Text("Loss", "损失"),
    "gradient": Text("Norm of the gradient", "梯度的范数"),
    "curvature": Text("Curvature at each run's position", "各运行所在处的曲率"),
    "curvature.largest": Text("{run}, largest", "{run}，最大"),
    "curvature.smallest": Text("{run}, smallest", "{run}，最小"),
    "step": Text("step", "步"),
    "thinned": Text(
        "A point is drawn every {every} steps; numbers are exact.", "图中每 {every} 步画一点；数值是准确的。"
    ),
    "ends": Text("Where they ended", "最终结果"),
    "last": Text("last step", "最后一步"),
    "status": Text("state", "状态"),
    "running": Text("running", "进行中"),
    "converged": Text("converged", "已收敛"),
    "diverged": Text("diverged", "已发散"),
    "verdicts": Text("What happened", "发生了什么"),
    "steps": Text("steps", "步"),
    "verdict": Text("verdict", "判断"),
    "again": Text("To open it again", "再次打开"),
    "again.how": Text(
        "Save this as a file: Steepest opens it, and steepest run computes the same numbers again.",
        "将以下内容存成文件：可在 Steepest 中打开，也可用 steepest run 重现每个数。",
    ),
    "noscript": Text("The plots need JavaScript, which is in this file.", "图形需要 JavaScript（已包含在本文件中）。"),
}


def word(key: str, language: Language, **values: object) -> str:
    """The words of a key, with values put in; not escaped."""
    text = WORDS[key].in_language(language)
    return text.format(**values) if values else text
