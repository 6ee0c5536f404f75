"""Adafactor: steps are proportional to the parameters; a matrix keeps second moments of rows and columns only."""

from torch import optim

from steepest.optimizers.hyperparameters import DECOUPLED, MAXIMIZE, learning_rate, weight_decay
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.symbolic import leaf, maximum, minimum, rms, sqrt
from steepest.optimizers.worked_step import Line, StepData, StepLines
from steepest.spec import Pair, Text, number

EPSILONS = Pair(
    id="eps",
    title=Text("epsilons", "epsilon"),
    help=Text("The smallest divisor, and the smallest scale of the parameters.", "最小的除数，和参数的最小尺度。"),
    symbol=r"\epsilon_1, \epsilon_2",
    first=number(
        "eps1",
        Text("epsilon 1", "epsilon 1"),
        Text(
            "The smallest divisor of the gradient; null: the dtype's machine epsilon.",
            "梯度的最小除数；null：数据类型的机器精度。",
        ),
        default=None,
        accepts=(0.0, 1.0),
        slider=(1e-12, 1e-1),
        symbol=r"\epsilon_1",
        log=True,
        optional=True,
    ),
    second=number(
        "eps2",
        Text("epsilon 2", "epsilon 2"),
        Text("The smallest scale of the parameters: lets them leave zero.", "参数的最小尺度：使其能离开零点。"),
        default=1e-3,
        accepts=(0.0, 1e3),
        slider=(1e-6, 1.0),
        symbol=r"\epsilon_2",
        log=True,
    ),
)


def _worked_step(step: StepData) -> tuple[Line, ...]:
    """For a vector, which keeps its whole second moment; weight decay is decoupled."""
    lines = StepLines(step)
    g = lines.gradient(decay=False)
    first, second = step.values["eps"]
    least, scale = leaf(r"\epsilon_1", step.epsilon if first is None else first), leaf(r"\epsilon_2", second)
    t, threshold = step.t, step["d"]
    alpha = lines.line(r"\alpha_t", maximum(scale, rms(step.theta_term)) * minimum(step["lr"], 1 / sqrt(t)))
    share = lines.line("w_t", t ** step["beta2_decay"])
    v = lines.slot("variance", (1 - share) * step.state("variance") + share * g**2)
    u = lines.line("u_t", g / maximum(sqrt(v), least))
    return lines.update(-alpha * (u / maximum(1, rms(u) / threshold)), decay=True)


ADAFACTOR = Optimizer(
    id="adafactor",
    title=Text("Adafactor", "Adafactor"),
    about=Text(
        "A step is a share of the parameters' size: large far from zero, small near zero.",
        "步长是参数自身大小的一个比例：离零远时大步走，离零近时慢慢挪。",
    ),
    formula=(
        r"g_t = \nabla f(\theta_{t-1}),\quad \alpha_t = \max(\epsilon_2,\ \mathrm{RMS}(\theta_{t-1}))"
        r"\,\min(\eta,\ 1/\sqrt t)",
        r"\text{vector: } v_t = (1-t^\tau)\, v_{t-1} + t^\tau g_t^2",
        r"\text{matrix: } R_t, C_t = \text{means of that over each row, each column};\quad"
        r" v_t = R_t C_t/\max(\operatorname{mean} R_t,\ \epsilon_1)",
        r"u_t = g_t/\max(\sqrt{v_t},\ \epsilon_1)",
        r"\theta_t = (1-\eta\lambda)\,\theta_{t-1} - \alpha_t\, u_t/\max(1,\ \mathrm{RMS}(u_t)/d)",
    ),
    source="torch.optim.Adafactor; Shazeer & Stern 2018, ICML, arXiv:1804.04235",
    torch_class=optim.Adafactor,
    worked_step=_worked_step,
    params=(
        learning_rate(
            1e-2,
            Text(
                "The largest step, as a share of the parameters' size; later 1/√t limits it. At 0 nothing moves.",
                "最大步长占参数大小的比例；之后由 1/√t 接管。为 0 时不动。",
            ),
        ),
        number(
            "beta2_decay",
            Text("beta 2 decay", "beta 2 衰减"),
            Text(
                "Weight t^τ of the newest gradient in the second moment; closer to 0 forgets faster.",
                "最新梯度在二阶矩中占 t^τ；越接近 0 忘得越快。",
            ),
            default=-0.8,
            accepts=(-10.0, 0.0),
            slider=(-2.0, 0.0),
            symbol=r"\tau",
        ),
        EPSILONS,
        number(
            "d",
            Text("clipping threshold", "裁剪阈值"),
            Text("Updates with a larger root mean square are scaled down.", "均方根超过它的更新会被缩小。"),
            default=1.0,
            accepts=(1.0, 1e3),
            slider=(1.0, 10.0),
            symbol="d",
        ),
        weight_decay(0.0, DECOUPLED),
        MAXIMIZE,
    ),
    known_lr=0.05,
    by_tensor=True,
    state=(
        StateSlot(name="variance", symbol="v", title=Text("second moment", "二阶矩")),
        StateSlot(name="row_var", symbol="R", title=Text("second moment of rows", "行的二阶矩")),
        StateSlot(name="col_var", symbol="C", title=Text("second moment of columns", "列的二阶矩")),
    ),
)
