"""Exercises with nets and images."""

from steepest.gallery.builders import RANDOM, entry, learning, run
from steepest.gallery.card import Exercise
from steepest.spec import Text

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="overfitting",
        title=Text("Learning the noise", "学到了噪声"),
        ask=Text(
            "A net with 4,353 parameters and 14 noisy points to train on; 10 more are kept aside. What do the two "
            "losses do?",
            "4,353 个参数的网络，用 14 个带噪声的点训练，另外 10 个点留作检验。两条损失曲线会怎样？",
        ),
        choices=(
            Text("Both keep falling", "都一直下降"),
            Text("The training loss falls, the other falls and then rises", "训练损失下降，另一条先降后升"),
            Text("Both rise", "都上升"),
        ),
        right=1,
        experiment=learning(
            entry("noisy_curve", count=24, noise=0.3),
            entry("mlp", hidden=[64, 64], activation="tanh"),
            "mse",
            run("adam", RANDOM, lr=0.01),
            split={"dev": 0.4, "test": 0.0},
        ),
        until=600,
        explain=Text(
            "With more parameters than points the net can pass through every point and so fit the noise. That reduces "
            "only the training loss: stop where the development loss is lowest, or use a penalty.",
            "参数比点还多，网络可以弯曲着穿过每一个点，连噪声也学进去。这只让训练损失变小：应在开发集损失最低处停下，"
            "或加上惩罚项。",
        ),
    ),
    Exercise(
        id="vanishing",
        title=Text("Six layers of sigmoids", "六层 sigmoid"),
        ask=Text(
            "A net of six sigmoid layers on a disc and a ring. After 300 steps, what has it learned?",
            "六层 sigmoid 的网络，数据是圆盘与圆环。300 步之后，它学到了什么？",
        ),
        choices=(
            Text("To separate them", "能区分两类"),
            Text("Half of it", "学会了一半"),
            Text("Nothing: the loss stays at log 2", "什么也没学到：损失停在 log 2"),
        ),
        right=2,
        experiment=learning(
            "circle", entry("mlp", hidden=[8] * 6, activation="sigmoid"), "bce_logits", run("sgd", RANDOM, lr=0.3)
        ),
        until=300,
        explain=Text(
            "A sigmoid's slope is at most 1/4, and backpropagation multiplies the gradient by such a slope at each "
            "layer: the first layers get almost no gradient. Change the activation to tanh and run again.",
            "sigmoid 的斜率至多为 1/4，反向传播每过一层就乘以这样一个斜率：最前面的层几乎得不到梯度。把激活函数换成 "
            "tanh 再试一次。",
        ),
        panel="layers",
    ),
    Exercise(
        id="exclusive_or",
        title=Text("What a line cannot do", "一条直线做不到的事"),
        ask=Text(
            "Logistic regression on exclusive or: how low can the loss get?", "用逻辑回归解异或问题：损失能降到多低？"
        ),
        choices=(
            Text("To almost 0", "几乎为 0"),
            Text("To about 0.3", "约 0.3"),
            Text("Not much below log 2 = 0.69", "几乎停在 log 2 = 0.69"),
        ),
        right=2,
        experiment=learning(
            "exclusive_or", entry("logistic", output="logit"), "bce_logits", run("sgd", RANDOM, lr=0.5)
        ),
        until=300,
        explain=Text(
            "Opposite corners have the same class, and no straight line separates them from the others. One hidden "
            "layer of four neurons is enough: choose the net as the model and see.",
            "对角的两团属于同一类，没有一条直线能把它们分到同一侧。一个四个神经元的隐藏层就够了：把模型换成网络试试。",
        ),
    ),
    Exercise(
        id="spiral",
        title=Text("The spiral", "螺旋"),
        ask=Text(
            "Two arms of a spiral, a net of two layers with 16 neurons each. Which separates them first, SGD or Adam?",
            "两条螺旋臂，两层各 16 个神经元的网络。SGD 和 Adam 谁先把它们分开？",
        ),
        choices=(Text("SGD at 0.5", "SGD，0.5"), Text("Adam at 0.03", "Adam，0.03"), Text("Neither", "都不行")),
        right=1,
        experiment=learning(
            "spiral",
            entry("mlp", hidden=[16, 16], activation="tanh"),
            "bce_logits",
            run("adam", RANDOM, lr=0.03),
            run("sgd", RANDOM, lr=0.5),
        ),
        until=600,
        explain=Text(
            "The loss of such a net is flat in most directions and steep in a few. Adam's step size for each "
            "parameter takes it across the flat parts; SGD is slow there, but comes down later.",
            "这种网络的损失曲面在大多数方向平坦，少数方向陡峭。Adam 对每个参数各有步长，能走过平坦处；SGD 在那里等很久"
            "，然后也会下降。",
        ),
    ),
    Exercise(
        id="all_zero",
        title=Text("Starting from zero", "从零开始"),
        ask=Text(
            "Two runs of one net: in the first every weight begins at 0. What does it learn?",
            "同一个网络的两个运行：第一个的所有权重从 0 开始。它能学到什么？",
        ),
        choices=(
            Text("The same, a little later", "一样，只是晚一点"),
            Text("Nothing at all", "什么也学不到"),
            Text("More, since it is not biased", "更多，因为没有偏向"),
        ),
        right=1,
        experiment=learning(
            "circle",
            entry("mlp", hidden=[8], activation="tanh"),
            "bce_logits",
            run("sgd", {"init": "zeros"}, lr=0.3),
            run("sgd", RANDOM, lr=0.3),
        ),
        until=300,
        explain=Text(
            "With zero weights all neurons are the same and backpropagate nothing: each hidden gradient is 0. Only a "
            "random start makes the neurons different.",
            "权重全为零时，每个神经元都一样，也不回传任何梯度：隐藏层的梯度全是 0。随机的起点才让神经元各不相同。",
        ),
        panel="layers",
    ),
    Exercise(
        id="edge",
        title=Text("At the edge of stability", "稳定性的边缘"),
        ask=Text(
            "Full-batch gradient descent on a net at a large rate. How does the sharpness, the loss's largest "
            "curvature, change?",
            "在网络上用较大的学习率做全批量梯度下降。锐度（损失的最大曲率）会怎样变化？",
        ),
        choices=(
            Text("It falls to 0", "趋于 0"),
            Text("It rises to about 2/lr and stays there", "升到约 2/lr，然后停在那里"),
            Text("It rises without limit", "无止境地上升"),
        ),
        right=1,
        experiment=learning(
            entry("noisy_curve", noise=0.0, count=40),
            entry("mlp", hidden=[8, 8, 8], activation="tanh"),
            "mse",
            run("sgd", {"init": "xavier"}, lr=0.1),
        ),
        until=600,
        explain=Text(
            "The sharpness rises while the net learns, until lr × sharpness reaches 2. There each step overshoots a "
            "little, which reduces the sharpness: Cohen et al. 2021 called it the edge of stability.",
            "学习过程中锐度不断上升，直到学习率 × 锐度达到 2。在那里每一步都略微冲过头，又使锐度降低：Cohen 等人（"
            "2021）称之为“稳定性的边缘”。",
        ),
    ),
    Exercise(
        id="pictures_of_weights",
        title=Text("Ten images of weights", "十幅权重图"),
        ask=Text(
            "Softmax on handwritten digits: 64 weights for each of ten classes. What do they look like as images?",
            "用 softmax 识别手写数字：十个类别各有 64 个权重。把它们画成图，会是什么样？",
        ),
        choices=(
            Text("Noise", "噪声"),
            Text("Templates: bright where that digit has ink", "模板：该数字有墨迹之处为亮"),
            Text("All the same", "都一样"),
        ),
        right=1,
        experiment=learning(
            "digits",
            "softmax",
            "cross_entropy",
            run("sgd", RANDOM, lr=0.5),
            split={"dev": 0.2, "test": 0.0},
            batch={"size": 100},
        ),
        until=200,
        explain=Text(
            "A class's output is the sum of weight × ink, so its weights increase where only its digits have ink, and "
            "decrease where only other digits have ink.",
            "某一类的输出是“权重 × 墨迹”之和，所以在该数字有墨而别的没有之处权重变大，在别的数字有墨之处变小。",
        ),
        panel="layers",
    ),
)
