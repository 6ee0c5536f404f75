"""Matyas's function: an almost flat valley along the diagonal."""

from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def matyas(x: Tensor, y: Tensor) -> Tensor:
    """At least 0; constant Hessian with eigenvalues 0.04 and 1."""
    return 0.26 * (x**2 + y**2) - 0.48 * x * y


MATYAS = Surface(
    id="matyas",
    title=Text("Matyas", "Matyas 函数"),
    about=Text(
        "A shallow diagonal valley: even a learning rate of 1 is small here, and most default rates are too slow.",
        "一条平缓的对角谷：学习率取 1 也算小，多数优化器的默认学习率太慢。",
    ),
    formula=r"0.26\left(x^2 + y^2\right) - 0.48\,xy",
    source="Jamil & Yang 2013, A literature survey of benchmark functions, arXiv:1308.4008, no. 71",
    bounds=((-10.0, 10.0), (-10.0, 10.0)),
    starts=(
        Start(at=(-9.08, -7.83), title=Text("end of the valley", "谷的尽头")),
        Start(at=(-6.0, 6.0), title=Text("on the side", "谷壁上")),
    ),
    lr=1.0,
    f=matyas,
    critical=lambda: (point("minimum", (0.0, 0.0), 0.0),),
)
