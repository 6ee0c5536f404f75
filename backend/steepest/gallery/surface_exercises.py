"""Exercises on surfaces."""

from steepest.gallery.builders import run, surface
from steepest.gallery.card import Exercise
from steepest.spec import Text

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="four_rates",
        title=Text("Four learning rates on one bowl", "同一个碗，四种学习率"),
        ask=Text(
            "f(x) = (x − 2)² from x = 5, with rates 0.01, 0.25, 0.9 and 1.05. Which of them never reaches the minimum?",
            "f(x) = (x − 2)²，从 x = 5 出发，学习率为 0.01、0.25、0.9 和 1.05。哪一个永远到不了极小点？",
        ),
        choices=(
            Text("0.01: it is too slow", "0.01：太慢"),
            Text("0.9: it jumps from side to side", "0.9：左右来回跳"),
            Text("1.05: it overshoots farther at each step", "1.05：每次都冲得更远"),
        ),
        right=2,
        experiment=surface("square", *(run("sgd", [5.0], lr=rate) for rate in (0.01, 0.25, 0.9, 1.05))),
        until=60,
        run=3,
        explain=Text(
            "The curvature is 2, so a step multiplies the distance by 1 − 2·lr: 0.98, 0.5, −0.8 and −1.1. Only the "
            "last has an absolute value above 1. The limit is lr × curvature = 2, here a rate of 1.",
            "曲率为 2，每一步把距离乘以 1 − 2·lr，即 0.98、0.5、−0.8 和 −1.1。只有最后一个的绝对值大于 1。界限是学习率"
            " × 曲率 = 2，在这里就是学习率 1。",
        ),
    ),
    Exercise(
        id="ravine_momentum",
        title=Text("Momentum in a ravine", "峡谷里的动量"),
        ask=Text(
            "Two runs in a ravine with the same rate; one has momentum 0.8. Which is closer to the minimum after 50 "
            "steps?",
            "峡谷里的两个运行，学习率相同，其中一个有动量 0.8。50 步后谁离极小点更近？",
        ),
        choices=(
            Text("The one without momentum", "没有动量的那个"),
            Text("The one with momentum", "有动量的那个"),
            Text("Both are equally close", "一样近"),
        ),
        right=1,
        experiment=surface("ravine", run("sgd", [-1.5, 1.0], lr=0.03), run("sgd", [-1.5, 1.0], lr=0.03, momentum=0.8)),
        until=50,
        run=1,
        explain=Text(
            "Across the ravine the gradient changes sign and the velocity cancels; along it the velocity adds up. In "
            "the long run momentum 0.8 has the effect of a five times larger rate along the floor.",
            "横向的梯度来回变号，速度相互抵消；沿着谷底，每一次推动都叠加到前一次上。长远看，动量 0.8 沿谷底相当于学习"
            "率放大五倍。",
        ),
        panel="step",
    ),
    Exercise(
        id="hanging_at_a_saddle",
        title=Text("Waiting at a saddle", "停在鞍点"),
        ask=Text(
            "A run reaches a saddle, a thousandth beside the ridge. What happens next?",
            "运行到达鞍点，离山脊只有千分之一。接下来会怎样？",
        ),
        choices=(
            Text("It stops there forever", "永远停在那里"),
            Text("It stays for a while, then leaves faster and faster", "停留一阵，然后越来越快地离开"),
            Text("It goes straight through", "径直穿过"),
        ),
        right=1,
        experiment=surface("bounded_saddle", run("sgd", [0.5, 0.001], lr=0.1)),
        until=110,
        explain=Text(
            "Each step multiplies the offset by 1 + lr × |negative curvature|: from a thousandth this takes about "
            "sixty steps, and the page predicts their number.",
            "每一步把偏移乘以 1 + 学习率 × |负曲率|：从千分之一开始约需六十步，页面会预测步数。",
        ),
    ),
    Exercise(
        id="local_minima",
        title=Text("Four starts, four valleys", "四个起点，四个谷"),
        ask=Text(
            "Himmelblau's function has four minima. Four runs start around the hill in the middle. Where do they end?",
            "Himmelblau 函数有四个极小点。四个运行从中间的山顶四周出发，会停在哪里？",
        ),
        choices=(
            Text("All in the deepest minimum", "都在最深的极小点"),
            Text("All in the one nearest to the middle", "都在离中间最近的那个"),
            Text("Each in a different one", "各在一处"),
        ),
        right=2,
        experiment=surface(
            "himmelblau",
            *(run("sgd", start, lr=0.01) for start in ([0.5, 0.5], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0])),
        ),
        until=80,
        explain=Text(
            "Descent knows only the local slope. The start decides the valley, and all four are equally deep.",
            "下降法只知道当前位置的坡度。起点决定落入哪个谷；而这四个谷一样深。",
        ),
    ),
    Exercise(
        id="bottomless",
        title=Text("A surface without a minimum", "没有极小点的曲面"),
        ask=Text(
            "x² − y², just beside the ridge. With which learning rate does the run converge?",
            "x² − y²，就在山脊旁。用哪个学习率才会收敛？",
        ),
        choices=(
            Text("A smaller one", "更小的"),
            Text("A larger one", "更大的"),
            Text("None", "没有"),
        ),
        right=2,
        experiment=surface("expression", run("sgd", [1.0, 0.01], lr=0.1), expression="x**2 - y**2"),
        until=120,
        explain=Text(
            "There is no lowest point: −y² falls without limit, and gradient descent follows it.",
            "这里没有最低点：−y² 无限下降，梯度下降也随之下降。",
        ),
    ),
    Exercise(
        id="newton_rosenbrock",
        title=Text("The banana valley", "香蕉谷"),
        ask=Text(
            "Rosenbrock's valley is curved. SGD, Adam and Newton's method start together. How many steps does Newton "
            "need?",
            "Rosenbrock 的谷是弯的。SGD、Adam 和牛顿法同时出发。牛顿法需要几步？",
        ),
        choices=(
            Text("Fewer than ten", "不到十步"),
            Text("About a hundred", "大约一百步"),
            Text("It never reaches the minimum", "永远到不了极小点"),
        ),
        right=0,
        experiment=surface(
            "rosenbrock",
            run("sgd", [-1.2, 1.0], lr=0.001),
            run("adam", [-1.2, 1.0], lr=0.05),
            run("newton", [-1.2, 1.0], lr=1.0),
        ),
        until=100,
        run=2,
        explain=Text(
            "Newton divides by the curvature in every direction, so a long narrow valley is like a round bowl for it. "
            "The cost is the Hessian: n² numbers, too many for a net of a million parameters.",
            "牛顿法在每个方向都除以曲率，狭长的谷对它来说就是一个圆碗。代价是 Hessian：n² 个数，对百万参数的网络来说太"
            "多。",
        ),
    ),
)
