"""Exercises with models of few parameters."""

from steepest.gallery.builders import entry, learning, run
from steepest.gallery.card import Exercise
from steepest.spec import Text

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="raw_thermometer",
        title=Text("A rate too large for raw data", "原始数据与过大的学习率"),
        ask=Text(
            "A line through thermometer readings, rate 0.01. What does the loss do?",
            "用一条直线拟合温度计读数，学习率 0.01。损失会怎样？",
        ),
        choices=(
            Text("It falls slowly", "慢慢下降"),
            Text("It falls, then oscillates", "先下降，然后摆动"),
            Text("It explodes within ten steps", "十步之内爆炸"),
        ),
        right=2,
        experiment=learning("thermometer", "linear", "mse", run("sgd", [1.0, 0.0], lr=0.01)),
        until=10,
        explain=Text(
            "The readings lie near 50, so the curvature of the loss along w is about 5,900, and 0.01 × 5,900 = 59 is "
            "far above 2. The largest stable rate is 0.00034.",
            "读数在 50 左右，损失沿 w 的曲率约为 5,900，而 0.01 × 5,900 = 59，远大于 2。最大的稳定学习率是 0.00034。",
        ),
    ),
    Exercise(
        id="scaled_thermometer",
        title=Text("The solution: divide the readings by ten", "对策：把读数除以十"),
        ask=Text(
            "The same data and the same rate 0.01, but with the inputs multiplied by 0.1. And now?",
            "同样的数据、同样的学习率 0.01，只是把输入乘以 0.1。现在呢？",
        ),
        choices=(
            Text("It still explodes", "照样爆炸"),
            Text("It keeps falling", "一直下降"),
            Text("Nothing moves", "几乎不动"),
        ),
        right=1,
        experiment=learning(entry("thermometer", scale=0.1), "linear", "mse", run("sgd", [1.0, 0.0], lr=0.01)),
        until=500,
        explain=Text(
            "Inputs ten times smaller make the curvature along w a hundred times smaller: about 59, and 0.01 × 59 is "
            "below 2. The narrow ravine becomes a wider valley, still slow along its floor.",
            "输入缩小到十分之一，沿 w 的曲率就缩小到百分之一，约为 59，0.01 × 59 小于 2。狭窄的峡谷变成较宽的山谷，但"
            "沿谷底仍然很慢。",
        ),
    ),
    Exercise(
        id="adam_against_sgd",
        title=Text("Adam against SGD on raw data", "原始数据上的 Adam 与 SGD"),
        ask=Text(
            "The raw thermometer again: SGD at a rate that is stable for it, 0.0001, against Adam at 0.1. Which fits "
            "the offset b first?",
            "还是原始温度计数据：SGD 用它能承受的 0.0001，Adam 用 0.1。谁先拟合好截距 b？",
        ),
        choices=(
            Text("SGD", "SGD"),
            Text("Adam", "Adam"),
            Text("Neither moves b", "谁也没动 b"),
        ),
        right=1,
        experiment=learning(
            "thermometer", "linear", "mse", run("sgd", [1.0, 0.0], lr=0.0001), run("adam", [1.0, 0.0], lr=0.1)
        ),
        until=500,
        run=1,
        explain=Text(
            "SGD has one rate for both directions, limited by the steep one, w. Adam divides each parameter's step by "
            "the size of its gradients, so b moves as fast as w.",
            "SGD 的两个方向共用一个学习率，由陡峭的 w 决定。Adam 用各参数自己的梯度大小去除步长，所以 b 和 w 走得一样"
            "快。",
        ),
        panel="step",
    ),
    Exercise(
        id="batch_noise",
        title=Text("One sample a step", "每步一个样本"),
        ask=Text(
            "Fifty noisy points on a plane, one point a step, a constant rate of 0.1. What do the weights do in the "
            "end?",
            "平面附近五十个带噪声的点，每步一个点，学习率一直是 0.1。权重最后会怎样？",
        ),
        choices=(
            Text("They settle on one value", "停在一个值上"),
            Text("They keep fluctuating around it", "在它周围不停抖动"),
            Text("They drift away", "慢慢飘走"),
        ),
        right=1,
        experiment=learning(
            "plane", entry("linear", bias=False), "mse", run("sgd", [1.0, 0.0], lr=0.1), batch={"size": 1}
        ),
        until=300,
        explain=Text(
            "Each point pulls the weights towards the plane through itself. Near the minimum the pulls differ in "
            "direction but stay large, so the steps never get small; only a smaller rate reduces the fluctuation.",
            "每个点都把权重拉向经过它自己的直线。在最小点附近，拉力方向不同，大小却不变小，所以步子不会变小；只有减小"
            "学习率，抖动才会变小。",
        ),
    ),
    Exercise(
        id="schedule",
        title=Text("A rate that falls", "逐渐减小的学习率"),
        ask=Text(
            "The same problem with two runs: one keeps its rate, the other's rate falls along a cosine. Which ends "
            "closer to the least-squares solution?",
            "同样的问题，两个运行：一个保持学习率，另一个让学习率按余弦下降。谁最后离最小二乘解更近？",
        ),
        choices=(
            Text("The one that keeps its rate", "保持学习率的"),
            Text("The one whose rate falls", "学习率下降的"),
            Text("It makes no difference", "没有区别"),
        ),
        right=1,
        experiment=learning(
            "plane",
            entry("linear", bias=False),
            "mse",
            run("sgd", [1.0, 0.0], lr=0.2),
            run("sgd", [1.0, 0.0], lr=0.2, schedule={"id": "cosine", "T_max": 300}),
            batch={"size": 1},
        ),
        until=300,
        run=1,
        explain=Text(
            "At first a large rate moves fast; later a small rate averages the noise. A schedule does both.",
            "开始时大学习率走得快，后来小学习率把噪声平均掉。学习率计划两者兼有。",
        ),
    ),
    Exercise(
        id="forgotten_zero_grad",
        title=Text("A forgotten zero_grad()", "忘了 zero_grad()"),
        ask=Text(
            "Two runs of the same loop; in one of them optimizer.zero_grad() is missing. What does that run do?",
            "同一个循环的两个运行，其中一个漏写了 optimizer.zero_grad()。它会怎样？",
        ),
        choices=(
            Text("The same, only slower", "一样，只是更慢"),
            Text("It oscillates around the minimum and does not settle", "绕着最小点摆动，停不下来"),
            Text("Python raises an error", "Python 报错"),
        ),
        right=1,
        experiment=learning(
            "plane",
            entry("linear", bias=False),
            "mse",
            run("sgd", [1.0, 0.0], lr=0.1),
            run("sgd", [1.0, 0.0], lr=0.1, zero_grad=False),
        ),
        until=100,
        run=1,
        explain=Text(
            "backward() adds to .grad. Without zero_grad() every step follows the sum of all gradients so far: "
            "momentum without friction, an undamped oscillation.",
            "backward() 会把梯度加到 .grad 上。没有 zero_grad()，每一步都沿着迄今所有梯度之和走：相当于没有摩擦的动量"
            "，摆动永不衰减。",
        ),
    ),
)
