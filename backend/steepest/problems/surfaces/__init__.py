"""The surfaces in menu order, from the easiest to the hardest. A new one is a file here and its name in this list."""

from steepest.problems.surface import Surface
from steepest.problems.surfaces.ackley import ACKLEY
from steepest.problems.surfaces.beale import BEALE
from steepest.problems.surfaces.booth import BOOTH
from steepest.problems.surfaces.bounded_saddle import BOUNDED_SADDLE
from steepest.problems.surfaces.expression import EXPRESSION
from steepest.problems.surfaces.goldstein_price import GOLDSTEIN_PRICE
from steepest.problems.surfaces.gradient_of_two import GRADIENT_OF_TWO
from steepest.problems.surfaces.himmelblau import HIMMELBLAU
from steepest.problems.surfaces.matyas import MATYAS
from steepest.problems.surfaces.mccormick import MCCORMICK
from steepest.problems.surfaces.monkey_saddle import MONKEY_SADDLE
from steepest.problems.surfaces.plateau import PLATEAU
from steepest.problems.surfaces.rastrigin import RASTRIGIN
from steepest.problems.surfaces.ravine import RAVINE
from steepest.problems.surfaces.rosenbrock import ROSENBROCK
from steepest.problems.surfaces.saddle import SADDLE
from steepest.problems.surfaces.six_hump_camel import SIX_HUMP_CAMEL
from steepest.problems.surfaces.sphere import SPHERE
from steepest.problems.surfaces.square import SQUARE
from steepest.problems.surfaces.strict_saddle import STRICT_SADDLE
from steepest.problems.surfaces.styblinski_tang import STYBLINSKI_TANG
from steepest.problems.surfaces.three_hump_camel import THREE_HUMP_CAMEL
from steepest.problems.surfaces.two_well import TWO_WELL

BUILT_IN: tuple[Surface, ...] = (
    RAVINE,
    BOUNDED_SADDLE,
    BEALE,
    ROSENBROCK,
    HIMMELBLAU,
    SPHERE,
    BOOTH,
    MATYAS,
    SADDLE,
    TWO_WELL,
    THREE_HUMP_CAMEL,
    SIX_HUMP_CAMEL,
    STYBLINSKI_TANG,
    MCCORMICK,
    PLATEAU,
    STRICT_SADDLE,
    MONKEY_SADDLE,
    SQUARE,
    GRADIENT_OF_TWO,
    GOLDSTEIN_PRICE,
    RASTRIGIN,
    ACKLEY,
    EXPRESSION,
)
