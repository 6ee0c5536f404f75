"""Set pieces with models of few parameters."""

from steepest.gallery.builders import learning, of, run
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
            Text("It falls, then swings", "先下降，然后摆动"),
            Text("It explodes within ten steps", "十步之内爆炸"),
        ),
        right=2,
        experiment=learning("thermometer", "linear", "mse", run("sgd", [1.0, 0.0], lr=0.01)),
        until=10,
        explain=Text(
            "The readings lie near 50, so the loss curves by about 5,900 along w, and 0.01 × 5,900 = 59 is far "
            "above 2. "
            "The largest stable rate is 0.00034.",
            "读数在 50 左右，损失沿 w 的曲率约为 5,900，而 0.01 × 5,900 = 59，远大于 2。最大的稳定学习率是 0.00034。",
        ),
    ),
    Exercise(
        id="scaled_thermometer",
        title=Text("The cure: divide the readings by ten", "对策：把读数除以十"),
        ask=Text(
            "The same data and the same rate 0.01, but with the inputs multiplied by 0.1. And now?",
            "同样的数据、同样的学习率 0.01，只是把输入乘以 0.1。现在呢？",
        ),
        choices=(
            Text("It explodes all the same", "照样爆炸"),
            Text("It goes down for good", "一直下降"),
            Text("Nothing moves", "几乎不动"),
        ),
        right=1,
        experiment=learning(of("thermometer", scale=0.1), "linear", "mse", run("sgd", [1.0, 0.0], lr=0.01)),
        until=500,
        explain=Text(
            "Inputs ten times smaller make the curvature a hundred times smaller along w: about 59, and 0.01 × 59 is "
            "below 2. What was a gorge is a valley now, still slow along its floor.",
            "输入缩小到十分之一，沿 w 的曲率就缩小到百分之一，约为 59，0.01 × 59 小于 2。峡谷变成了山谷，"
            "只是沿谷底仍然很慢。",
        ),
    ),
    Exercise(
        id="adam_against_sgd",
        title=Text("Adam against SGD on raw data", "原始数据上的 Adam 与 SGD"),
        ask=Text(
            "The raw thermometer once more: SGD at its largest comfortable rate, 0.0001, against Adam at 0.1. Who fits "
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
        explain=Text(
            "One rate must serve both directions of SGD, and the steep one, w, sets it. Adam divides each "
            "parameter's step "
            "by the size of its own gradients, so b goes as fast as w.",
            "SGD 的两个方向共用一个学习率，由陡峭的 w 决定。Adam 用各参数自己的梯度大小去除步长，所以 b 和 w "
            "走得一样快。",
        ),
        panel="step",
    ),
    Exercise(
        id="batch_noise",
        title=Text("One sample a step", "每步一个样本"),
        ask=Text(
            "Fifty noisy points on a plane, one point a step, rate 0.1 for ever. What do the weights do in the end?",
            "平面附近五十个带噪声的点，每步一个点，学习率一直是 0.1。权重最后会怎样？",
        ),
        choices=(
            Text("They settle on one value", "停在一个值上"),
            Text("They keep trembling around it", "在它周围不停抖动"),
            Text("They drift away", "慢慢飘走"),
        ),
        right=1,
        experiment=learning(
            "plane", of("linear", bias=False), "mse", run("sgd", [1.0, 0.0], lr=0.1), batch={"size": 1}
        ),
        until=300,
        explain=Text(
            "Each point pulls towards the line through itself. Near the minimum the pulls differ in sign but not "
            "in size, "
            "so the step never gets small; only a smaller rate makes the trembling smaller.",
            "每个点都把权重拉向经过它自己的直线。在最小点附近，拉力方向不同，大小却不变小，所以步子不会变小；"
            "只有减小学习率，抖动才会变小。",
        ),
    ),
    Exercise(
        id="schedule",
        title=Text("A rate that falls", "逐渐减小的学习率"),
        ask=Text(
            "The same trembling weights twice: one run keeps its rate, the other lets it fall along a cosine. "
            "Which ends "
            "nearer to the least-squares answer?",
            "同样抖动的权重，两个运行：一个保持学习率，另一个让学习率按余弦下降。谁最后离最小二乘解更近？",
        ),
        choices=(
            Text("The one that keeps its rate", "保持学习率的"),
            Text("The one whose rate falls", "学习率下降的"),
            Text("It makes no difference", "没有区别"),
        ),
        right=1,
        experiment=learning(
            "plane",
            of("linear", bias=False),
            "mse",
            run("sgd", [1.0, 0.0], lr=0.2),
            run("sgd", [1.0, 0.0], lr=0.2, schedule={"id": "cosine", "T_max": 300}),
            batch={"size": 1},
        ),
        until=300,
        explain=Text(
            "Early on a large rate covers the way; late a small one averages the noise away. A schedule has both.",
            "开始时大学习率赶路，后来小学习率把噪声平均掉。学习率计划两者兼得。",
        ),
    ),
    Exercise(
        id="forgotten_zero_grad",
        title=Text("A forgotten zero_grad()", "忘了 zero_grad()"),
        ask=Text(
            "Two runs of the same loop; in one of them optimizer.zero_grad() is missing. What does that one do?",
            "同一个循环的两个运行，其中一个漏写了 optimizer.zero_grad()。它会怎样？",
        ),
        choices=(
            Text("The same, only slower", "一样，只是更慢"),
            Text("It swings around the minimum and does not settle", "绕着最小点摆动，停不下来"),
            Text("Python raises an error", "Python 报错"),
        ),
        right=1,
        experiment=learning(
            "plane",
            of("linear", bias=False),
            "mse",
            run("sgd", [1.0, 0.0], lr=0.1),
            run("sgd", [1.0, 0.0], lr=0.1, zero_grad=False),
        ),
        until=100,
        explain=Text(
            "backward() adds to .grad. Without zero_grad() every step follows the sum of all gradients so far: "
            "momentum "
            "without friction, a swing that nothing dampens.",
            "backward() 会把梯度加到 .grad 上。没有 zero_grad()，每一步都沿着迄今所有梯度之和走："
            "相当于没有摩擦的动量，摆动永不衰减。",
        ),
    ),
)
