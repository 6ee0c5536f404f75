"""The entries of the course notes as live experiments; the numbers that they print are in printed_figures.py."""

from steepest.gallery import printed_figures
from steepest.gallery.builders import RANDOM, entry, learning, run, surface
from steepest.gallery.card import Note, PrintedNode
from steepest.spec import Text

_LINE = entry("linear", bias=False)
_THERMOMETER = run("sgd", [1.0, 0.0], lr=0.0001)

NOTES: tuple[Note, ...] = (
    Note(
        id="square",
        entry="square",
        title=Text("A parabola by hand", "手算抛物线"),
        look=Text(
            "Each step halves the distance to 2, so the slope halves too, and the steps get shorter.",
            "每一步到 2 的距离减半，斜率也随之减半，所以步子也变短。",
        ),
        experiment=surface("square", run("sgd", [5.0], lr=0.25)),
        until=14,
        tables=(printed_figures.SQUARE,),
        panel="step",
    ),
    Note(
        id="gradient_of_two",
        entry="gradient_of_two",
        title=Text("A gradient of two parts", "两个分量的梯度"),
        look=Text(
            "At (π, 1) the slope along w₁ is more than twice that along w₀: the arrow leans that way.",
            "在 (π, 1) 处，沿 w₁ 的斜率是沿 w₀ 的两倍多：箭头偏向那一边。",
        ),
        experiment=surface("gradient_of_two", run("sgd", [3.141592653589793, 1.0], lr=0.05)),
        until=1,
        tables=(printed_figures.GRADIENT_OF_TWO,),
        panel="check",
    ),
    Note(
        id="graph",
        entry="graph",
        title=Text("Backpropagation as a graph", "反向传播的计算图"),
        look=Text(
            "b reaches e on two paths, so its gradient is the sum over both: 2 + 3 = 5.",
            "b 经两条路到达 e，所以它的梯度是两条路之和：2 + 3 = 5。",
        ),
        experiment=surface("gradient_of_two", run("sgd", [3.141592653589793, 1.0], lr=0.05)),
        until=0,
        graph=tuple(
            PrintedNode(name=name, value=value, gradient=gradient) for name, value, gradient in printed_figures.GRAPH
        ),
        panel="backprop",
        remark=Text("The graph is in the panel Backpropagation.", "计算图在“反向传播”面板里。"),
    ),
    Note(
        id="thermometer",
        entry="thermometer",
        title=Text("The thermometer", "温度计"),
        look=Text(
            "w is found within ten epochs, then nothing seems to happen: b moves slowly along a valley floor.",
            "不到十轮就找到了 w，之后好像什么也没发生：b 正沿着谷底慢慢移动。",
        ),
        experiment=learning("thermometer", "linear", "mse", _THERMOMETER),
        until=100,
        tables=(printed_figures.THERMOMETER,),
        remark=Text(
            "The notes' losses were summed in another order; float32 rounds them a little differently.",
            "讲义中损失的求和次序不同，float32 的舍入略有差别。",
        ),
    ),
    Note(
        id="thermometer_diverges",
        entry="divergence",
        title=Text("The thermometer diverges", "温度计发散"),
        look=Text(
            "At a hundred times the rate every step overshoots 58 times farther: after ten epochs the numbers "
            "overflow.",
            "学习率大一百倍，每一步都冲过头约 58 倍：十轮之后数值就溢出了。",
        ),
        experiment=learning("thermometer", "linear", "mse", run("sgd", [1.0, 0.0], lr=0.01)),
        until=10,
    ),
    Note(
        id="thermometer_scaled",
        entry="thermometer",
        title=Text("The thermometer, scaled", "温度计，缩放之后"),
        look=Text(
            "Dividing the inputs by ten makes the ravine a wider valley, and the rate 0.01 works.",
            "把输入除以十，峡谷变成较宽的山谷，学习率 0.01 就可以用了。",
        ),
        experiment=learning(entry("thermometer", scale=0.1), "linear", "mse", run("sgd", [1.0, 0.0], lr=0.01)),
        until=1000,
    ),
    Note(
        id="plane",
        entry="plane",
        title=Text("A plane through fifty points", "五十个点的平面"),
        look=Text(
            "The first step is twice as long as it should be: backward() was called once before the loop.",
            "第一步是应有的两倍长：循环之前已经调用过一次 backward()。",
        ),
        experiment=learning(
            "plane", _LINE, "mse", run("sgd", [1.0, 0.0], lr=0.2), edits=[{"step": 1, "run": 0, "set": {"lr": 0.1}}]
        ),
        until=20,
        tables=(printed_figures.PLANE,),
        remark=Text(
            "A gradient used twice is the same as twice the rate: 0.2 for the first step, then 0.1.",
            "梯度被用了两次，等于学习率翻倍：第一步用 0.2，之后用 0.1。",
        ),
    ),
    Note(
        id="plane_again",
        entry="plane",
        title=Text("The same with nn.Linear", "用 nn.Linear 再来一次"),
        look=Text(
            "Another start, the same minimum: (−1, 2), up to the noise.",
            "从另一个起点到达同一个极小点：(−1, 2)，只差噪声。",
        ),
        experiment=learning("plane", _LINE, "mse", run("sgd", list(printed_figures.AGAIN_START), lr=0.1)),
        until=19,
        tables=(printed_figures.PLANE_AGAIN,),
        remark=Text(
            "It begins where the notes' first step ended; the original start was drawn at random.",
            "从讲义第一步之后的位置开始；更早的起点是随机抽取的。",
        ),
    ),
    Note(
        id="single_sample",
        entry="single_sample",
        title=Text("One random point a step", "每步随机一个点"),
        look=Text(
            "Each point pulls in its own direction, but the weights reach (−1, 2), with fluctuations.",
            "每个点都往自己的方向拉，但权重还是带着波动走向 (−1, 2)。",
        ),
        experiment=learning(
            "plane",
            "linear",
            "mse",
            run("sgd", [-0.20530999, 0.66900945, 0.0], lr=0.01),
            batch={"size": 1, "sampling": "replacement"},
        ),
        until=200,
        tables=(printed_figures.SINGLE_SAMPLE,),
        remark=Text(
            "The notes do not say which points were drawn, so ours differ: the path is similar, the digits are not.",
            "讲义没有说抽到了哪些点，所以我们的不同：路线相似，数字不同。",
        ),
    ),
    Note(
        id="mse",
        entry="mse",
        title=Text("Mean squared error", "均方误差"),
        look=Text(
            '(0, 0, 0) against (1, 0, −1): two errors of 1 among three, so 2/3. With reduction "sum" it is 2.',
            "(0, 0, 0) 对 (1, 0, −1)：三个中有两个误差为 1，所以是 2/3。用 reduction “sum” 则为 2。",
        ),
        experiment=learning(
            entry("curve_points", points=[[-1.0, 1.0], [0.0, 0.0], [1.0, -1.0]]),
            "linear",
            "mse",
            run("sgd", [0.0, 0.0], lr=0.1),
        ),
        until=1,
        tables=(printed_figures.MSE,),
        panel="check",
    ),
    Note(
        id="fruit",
        entry="fruit",
        title=Text("Apples and oranges", "苹果与橙子"),
        look=Text(
            "Three inputs, two outputs, eight parameters: a fast fall, then slow progress, since the inputs are not "
            "scaled.",
            "三个输入、两个输出、八个参数：损失先快后慢，因为输入没有缩放。",
        ),
        experiment=learning("fruit", "linear", "mse", run("sgd", RANDOM, lr=0.00001), batch={"size": 5}),
        until=100,
        panel="layers",
    ),
    Note(
        id="through_origin",
        entry="through_origin",
        title=Text("A line through the origin", "过原点的直线"),
        look=Text(
            "One parameter, so the loss is a curve: the point moves down it to w = 2.",
            "只有一个参数，损失就是一条曲线：点沿它移到 w = 2。",
        ),
        experiment=learning("through_origin", _LINE, entry("mse", reduction="sum"), run("sgd", [0.0], lr=0.01)),
        until=50,
    ),
    Note(
        id="pass_or_fail",
        entry="pass_or_fail",
        title=Text("Pass or fail", "及格还是不及格"),
        look=Text(
            "The curve crosses 0.5 where passing becomes more likely than failing; it gets steeper with training.",
            "曲线与 0.5 相交之处，及格开始比不及格更可能；训练中曲线越来越陡。",
        ),
        experiment=learning("pass_or_fail", "logistic", "bce", run("sgd", [0.0, 0.0], lr=0.01)),
        until=1000,
    ),
    Note(
        id="curve_net",
        entry="curve_net",
        title=Text("A net fits a curve", "网络拟合曲线"),
        look=Text(
            "Ten ReLU neurons are ten kinks: watch the straight pieces form a parabola.",
            "十个 ReLU 神经元就是十个折点：看直线段怎样组成抛物线。",
        ),
        experiment=learning(
            "noisy_curve", entry("mlp", hidden=[10], activation="relu"), "mse", run("sgd", RANDOM, lr=0.2)
        ),
        until=100,
    ),
    Note(
        id="cluster_net",
        entry="cluster_net",
        title=Text("A net separates two clusters", "网络分开两团点"),
        look=Text(
            "The line where both classes are equally likely turns until it is between the clusters.",
            "两类可能性相等的那条线慢慢转动，直到位于两团点之间。",
        ),
        experiment=learning(
            "two_clusters", entry("mlp", hidden=[10], activation="relu"), "cross_entropy", run("sgd", RANDOM, lr=0.02)
        ),
        until=100,
    ),
    Note(
        id="four_optimizers",
        entry="four_optimizers",
        title=Text("Four optimizers race", "四个优化器赛跑"),
        look=Text(
            "The same net and the same start four times: see which drops first, and which is lowest in the end.",
            "同一个网络、同一个起点，跑四次：看谁先下降，谁最后最低。",
        ),
        experiment=learning(
            "noisy_curve",
            entry("mlp", hidden=[10], activation="relu"),
            "mse",
            run("sgd", RANDOM, lr=0.01),
            run("sgd", RANDOM, lr=0.01, momentum=0.8),
            run("rmsprop", RANDOM, lr=0.01, alpha=0.9),
            run("adam", RANDOM, lr=0.01, betas=[0.9, 0.99]),
            batch={"size": 32},
        ),
        until=200,
    ),
    Note(
        id="small_module",
        entry="small_module",
        title=Text("A module of four layers", "四层的小模块"),
        look=Text(
            "Linear, Tanh, Linear, Sigmoid: 21 parameters. The layers panel shows every one with its gradient.",
            "Linear、Tanh、Linear、Sigmoid：21 个参数。“各层”面板列出每个参数和它的梯度。",
        ),
        experiment=learning(
            "pass_or_fail",
            entry("mlp", hidden=[4], activation="tanh", output="sigmoid"),
            "bce",
            run("sgd", RANDOM, lr=0.1),
        ),
        until=300,
        panel="layers",
        remark=Text(
            "With one input instead of three the module has 13 parameters here.",
            "这里的输入是一个而不是三个，所以模块有 13 个参数。",
        ),
    ),
    Note(
        id="zero_grad",
        entry="zero_grad",
        title=Text("What zero_grad() is for", "zero_grad() 有什么用"),
        look=Text(
            "In the second run gradients add up: it runs past the minimum and keeps oscillating.",
            "第二个运行的梯度不断累加：它冲过极小点，一直摆动。",
        ),
        experiment=learning(
            "plane", _LINE, "mse", run("sgd", [1.0, 0.0], lr=0.1), run("sgd", [1.0, 0.0], lr=0.1, zero_grad=False)
        ),
        until=60,
        run=1,
    ),
    Note(
        id="gradients_compared",
        entry="gradients compared",
        title=Text("Three ways to a gradient", "求梯度的三种方法"),
        look=Text(
            "By formula, finite differences and autograd: change delta and see where the differences are most exact.",
            "公式、差分和自动求导：移动 delta，看差分在哪里最准。",
        ),
        experiment=learning("thermometer", "linear", "mse", _THERMOMETER),
        until=1,
        panel="check",
    ),
    Note(
        id="saddle",
        entry="saddle points",
        title=Text("A saddle point", "鞍点"),
        look=Text(
            "Down in one direction and up in the other: the run almost stops, and the page predicts when it leaves.",
            "一个方向向下，另一个方向向上：它几乎停住，页面会预测它何时离开。",
        ),
        experiment=surface("bounded_saddle", run("sgd", [0.5, 0.001], lr=0.1)),
        until=110,
    ),
    Note(
        id="generalisation",
        entry="training, development and test sets",
        title=Text("Training, development and test", "训练集、开发集与测试集"),
        look=Text(
            "Three losses on one chart: only the training loss is minimised.",
            "一张图上三条损失曲线：只有训练损失被最小化。",
        ),
        experiment=learning(
            "moons",
            entry("mlp", hidden=[16, 16], activation="tanh"),
            "bce_logits",
            run("adam", RANDOM, lr=0.02),
            split={"dev": 0.25, "test": 0.25},
        ),
        until=600,
    ),
    Note(
        id="digits",
        entry="MNIST and CIFAR-10",
        title=Text("Handwritten digits", "手写数字"),
        look=Text(
            "Which digits are confused? The confusion matrix shows it, and the weights look like templates.",
            "哪些数字会被认错？混淆矩阵会告诉你；权重看起来就像模板。",
        ),
        experiment=learning(
            "digits",
            "softmax",
            "cross_entropy",
            run("sgd", RANDOM, lr=0.5),
            split={"dev": 0.2, "test": 0.0},
            batch={"size": 100},
        ),
        until=200,
        panel="layers",
        remark=Text(
            "These are scikit-learn's 8×8 digits. MNIST and CIFAR-10 themselves can be picked once their official "
            "files lie in the data folder.",
            "这是 scikit-learn 的 8×8 数字。把官方文件放进数据文件夹后，就可以选择 MNIST 和 CIFAR-10 本身。",
        ),
    ),
    Note(
        id="saving",
        entry="saving and loading a net",
        title=Text("Saving and loading a net", "保存和载入网络"),
        look=Text(
            "Play, then Export: the weights as safetensors, the experiment as JSON. Open either again to continue.",
            "播放之后点“导出”：权重存为 safetensors，实验存为 JSON。再打开任意一个，就能继续。",
        ),
        experiment=learning(
            "spiral", entry("mlp", hidden=[16, 16], activation="tanh"), "bce_logits", run("adam", RANDOM, lr=0.03)
        ),
        until=300,
    ),
    Note(
        id="shapes",
        entry="broadcasting and reshaping",
        title=Text("Shapes and broadcasting", "形状与广播"),
        look=Text(
            "Export the Python script: the inputs are (11, 1), w is (1, 1), and b is (1,), which PyTorch broadcasts "
            "to all eleven rows.",
            "导出 Python 脚本：输入是 (11, 1)，w 是 (1, 1)，b 是 (1,)，PyTorch 会把 b 扩展到全部十一行。",
        ),
        experiment=learning("thermometer", "linear", "mse", _THERMOMETER),
        until=10,
        panel="layers",
    ),
    Note(
        id="device",
        entry="moving tensors between CPU and GPU",
        title=Text("CPU or GPU", "CPU 还是 GPU"),
        look=Text(
            "The tensors are on the device that the server was started with; `steepest serve --device cuda` moves them "
            "to the GPU.",
            "张量在服务器启动时选定的设备上；用 `steepest serve --device cuda` 可以把它们移到 GPU。",
        ),
        experiment=learning(
            "circle", entry("mlp", hidden=[8], activation="tanh"), "bce_logits", run("adam", RANDOM, lr=0.03)
        ),
        until=100,
    ),
)
