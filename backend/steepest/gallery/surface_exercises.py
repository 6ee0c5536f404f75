"""Set pieces on surfaces."""

from steepest.gallery.builders import run, surface
from steepest.gallery.card import Exercise
from steepest.spec import Text

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="four_rates",
        title=Text("Four learning rates on one bowl", "同一个碗，四种学习率"),
        ask=Text(
            "f(x) = (x − 2)² from x = 5, with rates 0.01, 0.25, 0.9 and 1.05. Which of them never arrives?",
            "f(x) = (x − 2)²，从 x = 5 出发，学习率为 0.01、0.25、0.9 和 1.05。哪一个永远到不了？",
        ),
        choices=(
            Text("0.01: it is too slow", "0.01：太慢"),
            Text("0.9: it jumps from side to side", "0.9：左右来回跳"),
            Text("1.05: it overshoots farther each time", "1.05：每次都冲得更远"),
        ),
        right=2,
        experiment=surface("square", *(run("sgd", [5.0], lr=rate) for rate in (0.01, 0.25, 0.9, 1.05))),
        until=60,
        explain=Text(
            "The curvature is 2, so a step multiplies the distance by 1 − 2·lr: 0.98, 0.5, −0.8 and −1.1. Only the "
            "last "
            "is larger than 1 in size. The limit is lr × curvature = 2, here a rate of 1.",
            "曲率为 2，每一步把距离乘以 1 − 2·lr，即 0.98、0.5、−0.8 和 −1.1。只有最后一个的绝对值大于 1。"
            "界限是学习率 × 曲率 = 2，"
            "在这里就是学习率 1。",
        ),
    ),
    Exercise(
        id="ravine_momentum",
        title=Text("Momentum in a ravine", "峡谷里的动量"),
        ask=Text(
            "Two balls in a ravine with the same rate; one has momentum 0.8. Which is nearer after 50 steps?",
            "峡谷里的两个球，学习率相同，其中一个有动量 0.8。50 步后谁更近？",
        ),
        choices=(
            Text("The plain one", "普通的那个"),
            Text("The one with momentum", "有动量的那个"),
            Text("They are level", "不相上下"),
        ),
        right=1,
        experiment=surface("ravine", run("sgd", [-1.5, 1.0], lr=0.03), run("sgd", [-1.5, 1.0], lr=0.03, momentum=0.8)),
        until=50,
        explain=Text(
            "Across the ravine the gradient changes sign and the velocity cancels; along it every push adds to the one "
            "before. In the long run momentum 0.8 steps as if the rate were five times larger along the floor.",
            "横向的梯度来回变号，速度相互抵消；沿着谷底，每一次推动都叠加到前一次上。长远看，动量 0.8 "
            "沿谷底相当于学习率放大五倍。",
        ),
        panel="step",
    ),
    Exercise(
        id="hanging_at_a_saddle",
        title=Text("Hanging at a saddle", "停在鞍点"),
        ask=Text(
            "A ball rolls down onto a saddle, a thousandth beside the ridge. How does it go on?",
            "小球滚向鞍点，离山脊只有千分之一。接下来会怎样？",
        ),
        choices=(
            Text("It stops there for ever", "永远停在那里"),
            Text("It hangs for a while, then leaves faster and faster", "停留一阵，然后越来越快地离开"),
            Text("It goes straight through", "径直穿过"),
        ),
        right=1,
        experiment=surface("bounded_saddle", run("sgd", [0.5, 0.001], lr=0.1)),
        until=110,
        explain=Text(
            "Downhill the offset is multiplied by 1 + lr × |negative curvature| each step: from a thousandth that "
            "takes "
            "some sixty steps, and the page counts them in advance.",
            "在下坡方向，偏移每一步乘以 1 + 学习率 × |负曲率|：从千分之一开始约需六十步，页面会事先算出来。",
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
            Text("All in the nearest to the middle", "都在离中间最近的那个"),
            Text("Each in another one", "各在一处"),
        ),
        right=2,
        experiment=surface(
            "himmelblau",
            *(run("sgd", start, lr=0.01) for start in ([0.5, 0.5], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0])),
        ),
        until=80,
        explain=Text(
            "Descent knows only the slope under its feet. The start decides the valley, and all four are equally deep.",
            "下降法只知道脚下的坡度。起点决定落入哪个谷；而这四个谷一样深。",
        ),
    ),
    Exercise(
        id="bottomless",
        title=Text("A surface without a floor", "没有底的曲面"),
        ask=Text(
            "x² − y², a hair beside the ridge. Which learning rate saves it?",
            "x² − y²，在山脊旁一丝之外。哪个学习率能救它？",
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
            "There is no lowest point to go to: −y² falls for ever, and gradient descent does what it is told.",
            "这里没有最低点：−y² 永远下降，梯度下降只是照做而已。",
        ),
    ),
    Exercise(
        id="newton_rosenbrock",
        title=Text("The banana valley", "香蕉谷"),
        ask=Text(
            "Rosenbrock's valley bends. SGD, Adam and Newton's method start together. How many steps does Newton need?",
            "Rosenbrock 的谷是弯的。SGD、Adam 和牛顿法同时出发。牛顿法需要几步？",
        ),
        choices=(
            Text("Fewer than ten", "不到十步"),
            Text("About a hundred", "大约一百步"),
            Text("It never arrives", "永远到不了"),
        ),
        right=0,
        experiment=surface(
            "rosenbrock",
            run("sgd", [-1.2, 1.0], lr=0.001),
            run("adam", [-1.2, 1.0], lr=0.05),
            run("newton", [-1.2, 1.0], lr=1.0),
        ),
        until=100,
        explain=Text(
            "Newton divides by the curvature in every direction, so a long thin valley is a round bowl to it. The "
            "price "
            "is the Hessian: n² numbers, which a net of a million parameters cannot pay.",
            "牛顿法在每个方向都除以曲率，狭长的谷对它来说就是一个圆碗。代价是 Hessian：n² 个数，百万参数的网络付不起。",
        ),
    ),
)
