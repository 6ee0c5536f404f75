"""Muon: momentum whose matrix is made orthogonal, so that all directions move equally far."""

from torch import optim

from steepest.optimizers.hyperparameters import DECOUPLED, epsilon, learning_rate, momentum, nesterov, weight_decay
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.spec import Choice, Number, Text, Triple, integer, number


def _coefficient(name: str, default: float) -> Number:
    return number(
        name,
        Text(name, name),
        Text("Coefficients of the iteration that makes the matrix orthogonal.", "正交化迭代的系数。"),
        default=default,
        accepts=(-100.0, 100.0),
        slider=(-10.0, 10.0),
        symbol=name,
    )


MUON = Optimizer(
    id="muon",
    title=Text("Muon", "Muon"),
    about=Text(
        "For weight matrices: rare directions of the gradient move as far as the dominant ones.",
        "用于权重矩阵：梯度中罕见的方向和主要方向走得一样远。",
    ),
    formula=(
        r"B_t = \mu B_{t-1} + (1-\mu)\nabla f(\theta_{t-1}),\quad \tilde B_t = B_t"
        r"\quad(\text{Nesterov: } \mu B_t + (1-\mu)\nabla f(\theta_{t-1}))",
        r"X_0 = \tilde B_t/\max(\lVert \tilde B_t\rVert_F,\ \epsilon),\quad A_k = X_k X_k^\top,"
        r"\quad X_{k+1} = aX_k + (bA_k + cA_k^2)X_k",
        r"\theta_t = (1-\eta\lambda)\,\theta_{t-1} - \eta\,s\,X_K,\quad s = \sqrt{\max(1,\ n/m)}"
        r"\quad(\text{match\_rms\_adamw: } 0.2\sqrt{\max(n, m)}),\quad \theta\in\mathbb R^{n\times m}",
    ),
    source="torch.optim.Muon; Jordan 2024, kellerjordan.github.io/posts/muon; Liu et al. 2025, arXiv:2502.16982",
    torch_class=optim.Muon,
    params=(
        learning_rate(1e-3),
        weight_decay(0.1, DECOUPLED),
        momentum(0.95, maximum=1.0),  # the weight of an average: torch accepts more, which changes its sign
        nesterov(True),
        Triple(
            id="ns_coefficients",
            title=Text("Newton–Schulz coefficients", "Newton–Schulz 系数"),
            help=Text("Coefficients of the iteration that makes the matrix orthogonal.", "正交化迭代的系数。"),
            symbol="a, b, c",
            first=_coefficient("a", 3.4445),
            second=_coefficient("b", -4.775),
            third=_coefficient("c", 2.0315),
        ),
        epsilon(1e-7),
        integer(
            "ns_steps",
            Text("Newton–Schulz steps", "Newton–Schulz 步数"),
            Text("The number of iterations that make the matrix orthogonal.", "正交化的迭代次数。"),
            default=5,
            accepts=(0, 99),  # torch refuses more, though only when it steps
            slider=(1, 12),
            symbol="K",
        ),
        Choice(
            id="adjust_lr_fn",
            title=Text("rate for the shape", "按形状调整学习率"),
            help=Text(
                "How the rate depends on the matrix's shape; null: original.",
                "学习率如何随矩阵形状调整；null：original。",
            ),
            optional=True,
            default=None,
            options=("original", "match_rms_adamw"),
        ),
    ),
    known_lr=0.02,
    state=(StateSlot(name="momentum_buffer", symbol="B", title=Text("momentum buffer", "动量缓存")),),
    matrices_only=True,
)
