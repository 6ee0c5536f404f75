"""The loop over runs and their steps, as LLVM instructions: update, loss and gradient, records, again."""

from collections.abc import Callable

import torch
from llvmlite import ir

from steepest.engine.compiled.arrays import INT, POINTER, TYPES, Emitter
from steepest.engine.compiled.scalars import Scalars

FUNCTION = "loop"

# What the loop is told, each an int64 in one array. n is the number of parameters, S of state tensors, K of other
# numbers of the state; arrays are in the run's dtype unless said otherwise.
FIELDS = (
    "steps",  # updates to make at most
    "size",  # n
    "update",  # address of the update's function
    "loss",  # address of the loss's function
    "short_loss",  # the same for an epoch's last, shorter batch
    "row",  # (3 n + S n,): parameters, their gradient, the parameters before the update, state; changed
    "row_size",  # 3 n + S n
    "sums",  # (n,): the gradients before the last one, where they accumulate, changed; 0 where they do not
    "numbers",  # float64 (K,), changed
    "numbers_size",  # K
    "hyperparameters",  # float64, one row a step
    "hyperparameters_stride",  # numbers from one row to the next; 0 where all steps have the same
    "inputs",  # all training samples
    "targets",
    "indices",  # int64, one row for each evaluation
    "indices_stride",
    "short",  # int64, for each evaluation whether its batch is the shorter one; 0 where none is
    "scratch",
    "losses",  # (steps + 1,), of all evaluations; the first one is at the first parameters
    "norms",  # float64 (steps + 1,), Euclidean norms of the gradients
    "rows",  # the row after each update whose step is a multiple of the period
    "number_rows",  # float64, the numbers then
    "period",
    "offset",  # step of the first parameters
)


def loop_module(dtype: torch.dtype) -> ir.Module:
    """The function `loop`: so many runs, each by itself, with their fields one after the other.

    void loop(count, fields, results).

    results: int64[count], the updates made; negative, less one, where the last record is not finite.
    """
    module = ir.Module()
    run = ir.Function(module, ir.FunctionType(INT, [POINTER]), "run")
    run.linkage = "internal"
    _Loop(run, dtype).write()
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [INT, POINTER, POINTER]), FUNCTION)
    count, fields, results = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))

    def one(i: ir.Value) -> None:
        own = builder.gep(fields, [builder.mul(i, INT(len(FIELDS)))], source_etype=INT)
        builder.store(builder.call(run, [own]), builder.gep(results, [i], source_etype=INT))

    Emitter(builder, fields).loop(count, one)
    builder.ret_void()
    return module


class _Loop:
    """Writes the function."""

    def __init__(self, function: ir.Function, dtype: torch.dtype) -> None:
        self.builder = ir.IRBuilder(function.append_basic_block("entry"))
        self.scalars = Scalars(self.builder, dtype)
        self.double = Scalars(self.builder, torch.float64)
        self.type = TYPES[dtype]
        self.field = {name: self.load(function.args[0], INT(n), INT) for n, name in enumerate(FIELDS)}
        size = self.field["size"]
        self.parameters = self.address("row")
        self.gradient = self.place(self.parameters, size)
        self.before = self.place(self.gradient, size)
        self.state = self.place(self.before, size)
        # Variables of the loop; the compiler keeps them in registers.
        self.finite, self.recorded = self.builder.alloca(ir.IntType(1)), self.builder.alloca(INT)
        self.wrong, self.squares = self.builder.alloca(self.type), self.builder.alloca(ir.DoubleType())

    def address(self, name: str) -> ir.Value:
        """A field as an address."""
        return self.builder.inttoptr(self.field[name], POINTER)

    def place(self, base: ir.Value, index: ir.Value, kind: ir.Type | None = None) -> ir.Value:
        """The address of one number of an array."""
        return self.builder.gep(base, [index], source_etype=kind or self.type)

    def load(self, base: ir.Value, index: ir.Value, kind: ir.Type) -> ir.Value:
        """One number of an array."""
        return self.builder.load(self.place(base, index, kind), typ=kind)

    def copy(self, target: ir.Value, source: ir.Value, count: ir.Value, kind: ir.Type) -> None:
        """Copies so many numbers."""
        self.loop(count, lambda i: self.builder.store(self.load(source, i, kind), self.place(target, i, kind)))

    def loop(self, count: ir.Value, body: Callable[[ir.Value], object]) -> None:
        """0 to count - 1; count may be 0."""
        builder = self.builder
        before = builder.block
        head, inside, done = (builder.append_basic_block(name) for name in ("head", "inside", "done"))
        builder.branch(head)
        builder.position_at_end(head)
        i = builder.phi(INT)
        i.add_incoming(INT(0), before)
        builder.cbranch(builder.icmp_signed("<", i, count), inside, done)
        builder.position_at_end(inside)
        body(i)
        i.add_incoming(builder.add(i, INT(1)), builder.block)
        builder.branch(head)
        builder.position_at_end(done)

    def write(self) -> None:
        """The whole function."""
        builder = self.builder
        builder.store(INT(0), self.recorded)
        self.evaluate(INT(0))
        before = builder.block
        head, step, done = (builder.append_basic_block(name) for name in ("steps", "step", "end"))
        builder.branch(head)
        builder.position_at_end(head)
        made = builder.phi(INT)
        made.add_incoming(INT(0), before)
        more = builder.icmp_signed("<", made, self.field["steps"])
        finite = builder.load(self.finite, typ=ir.IntType(1))
        builder.cbranch(builder.and_(more, finite), step, done)
        builder.position_at_end(step)
        following = builder.add(made, INT(1))
        self.update(made)
        self.evaluate(following)
        self.record(following)
        made.add_incoming(following, builder.block)
        builder.branch(head)
        builder.position_at_end(done)
        builder.ret(builder.select(finite, made, builder.sub(builder.neg(made), INT(1))))

    def call(self, name: str, *arguments: ir.Value) -> None:
        """Calls the function at a field's address."""
        signature = ir.FunctionType(ir.VoidType(), [each.type for each in arguments])
        self.builder.call(self.builder.inttoptr(self.field[name], signature.as_pointer()), arguments)

    def update(self, made: ir.Value) -> None:
        """One update, of the parameters and the state."""
        self.copy(self.before, self.parameters, self.field["size"], self.type)
        row = self.builder.mul(made, self.field["hyperparameters_stride"])
        hyperparameters = self.place(self.address("hyperparameters"), row, ir.DoubleType())
        self.call(
            "update",
            self.field["size"],
            self.parameters,
            self.gradient,
            self.state,
            self.address("numbers"),
            hyperparameters,
        )

    def evaluate(self, number: ir.Value) -> None:
        """Loss and gradient at the present parameters; the gradients before are added where they accumulate."""
        builder, size = self.builder, self.field["size"]
        accumulates = builder.icmp_signed("!=", self.field["sums"], INT(0))
        again = builder.icmp_signed(">", number, INT(0))
        sums = self.address("sums")
        with builder.if_then(builder.and_(accumulates, again)):
            self.copy(sums, self.gradient, size, self.type)
        arguments = (
            self.parameters,
            self.address("inputs"),
            self.address("targets"),
            self.place(self.address("indices"), builder.mul(number, self.field["indices_stride"]), INT),
            self.gradient,
            self.place(self.address("losses"), number),
            self.address("scratch"),
        )
        varies = builder.icmp_signed("!=", self.field["short"], INT(0))
        flags = builder.select(varies, self.address("short"), self.address("row"))  # any readable address
        is_short = builder.and_(
            varies, builder.icmp_signed("!=", self.load(flags, builder.select(varies, number, INT(0)), INT), INT(0))
        )
        with builder.if_else(is_short) as (then, otherwise):
            with then:
                self.call("short_loss", *arguments)
            with otherwise:
                self.call("loss", *arguments)
        with builder.if_then(accumulates):

            def add(i: ir.Value) -> None:
                total = self.scalars.add(self.load(sums, i, self.type), self.load(self.gradient, i, self.type))
                builder.store(total, self.place(self.gradient, i))

            self.loop(size, add)
        self.check(number)

    def check(self, number: ir.Value) -> None:
        """The gradient's norm, and whether everything is finite: infinity and NaN less themselves are NaN."""
        builder = self.builder
        loss = self.load(self.address("losses"), number, self.type)
        builder.store(self.scalars.sub(loss, loss), self.wrong)
        builder.store(self.double.constant(0.0), self.squares)

        def add(i: ir.Value) -> None:
            gradient, parameter = (self.load(base, i, self.type) for base in (self.gradient, self.parameters))
            wrong = builder.load(self.wrong, typ=self.type)
            for value in (gradient, parameter):
                wrong = self.scalars.add(wrong, self.scalars.sub(value, value))
            builder.store(wrong, self.wrong)
            wide = self.double.convert(gradient)
            squares = builder.load(self.squares, typ=ir.DoubleType())
            builder.store(self.double.add(squares, self.double.mul(wide, wide)), self.squares)

        self.loop(self.field["size"], add)
        norm = self.double.sqrt(builder.load(self.squares, typ=ir.DoubleType()))
        builder.store(norm, self.place(self.address("norms"), number, ir.DoubleType()))
        wrong = builder.load(self.wrong, typ=self.type)
        builder.store(self.scalars.compare("==", wrong, self.scalars.constant(0.0)), self.finite)

    def record(self, made: ir.Value) -> None:
        """Copies the row, if it is the turn of this one."""
        builder = self.builder
        step = builder.add(self.field["offset"], made)
        due = builder.icmp_signed("==", builder.srem(step, self.field["period"]), INT(0))
        with builder.if_then(due):
            place = builder.load(self.recorded, typ=INT)
            for source, target, count, kind in (
                (self.parameters, "rows", "row_size", self.type),
                (self.address("numbers"), "number_rows", "numbers_size", ir.DoubleType()),
            ):
                row = self.place(self.address(target), builder.mul(place, self.field[count]), kind)
                self.copy(row, source, self.field[count], kind)
            builder.store(builder.add(place, INT(1)), self.recorded)
