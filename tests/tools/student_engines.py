"""Three correct engines of different designs, as students would write them: text to break in tests."""

CLOSURES = """
import math

class Value:
    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))
        def _backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))
        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out

    def __pow__(self, n):
        out = Value(self.data**n, (self,))
        def _backward():
            self.grad += n * self.data ** (n - 1) * out.grad
        out._backward = _backward
        return out

    def __rpow__(self, n):
        out = Value(n**self.data, (self,))
        def _backward():
            self.grad += math.log(n) * out.data * out.grad
        out._backward = _backward
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,))
        def _backward():
            self.grad += (1 - t**2) * out.grad
        out._backward = _backward
        return out

    def sigmoid(self):
        s = 1 / (1 + math.exp(-self.data))
        out = Value(s, (self,))
        def _backward():
            self.grad += s * (1 - s) * out.grad
        out._backward = _backward
        return out

    def exp(self):
        out = Value(math.exp(self.data), (self,))
        def _backward():
            self.grad += out.data * out.grad
        out._backward = _backward
        return out

    def log(self):
        out = Value(math.log(self.data), (self,))
        def _backward():
            self.grad += 1 / self.data * out.grad
        out._backward = _backward
        return out

    def relu(self):
        out = Value(max(0.0, self.data), (self,))
        def _backward():
            self.grad += (out.data > 0) * out.grad
        out._backward = _backward
        return out

    def backward(self):
        order, visited = [], set()
        def visit(v):
            if v not in visited:
                visited.add(v)
                for parent in v.parents:
                    visit(parent)
                order.append(v)
        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            v._backward()

    def __neg__(self): return self * -1
    def __sub__(self, other): return self + (-other)
    def __truediv__(self, other): return self * other**-1
    def __radd__(self, other): return self + other
    def __rmul__(self, other): return self * other
    def __rsub__(self, other): return other + (-self)
    def __rtruediv__(self, other): return other * self**-1
"""

# Nodes numbered as they are made, local derivatives kept as numbers, every operation on its own.
BY_AGE = """
import heapq, itertools, math

ages = itertools.count()

class Value:
    def __init__(self, data, sources=()):
        self.data, self.grad, self.sources, self.age = data, 0.0, sources, next(ages)

    def backward(self):
        arrived, waiting = {self: 1.0}, [(-self.age, self)]
        while waiting:
            _, v = heapq.heappop(waiting)
            g = arrived[v]
            if not v.sources:
                v.grad += g
            for parent, slope in v.sources:
                if parent not in arrived:
                    arrived[parent] = 0.0
                    heapq.heappush(waiting, (-parent.age, parent))
                arrived[parent] += slope * g

    def __add__(self, other):
        other = lifted(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __sub__(self, other):
        other = lifted(other)
        return Value(self.data - other.data, ((self, 1.0), (other, -1.0)))

    def __mul__(self, other):
        other = lifted(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __truediv__(self, other):
        other = lifted(other)
        y = other.data
        return Value(self.data / y, ((self, 1 / y), (other, -self.data / y**2)))

    def __pow__(self, n): return Value(self.data**n, ((self, n * self.data ** (n - 1)),))
    def __neg__(self): return Value(-self.data, ((self, -1.0),))
    def __radd__(self, other): return lifted(other) + self
    def __rsub__(self, other): return lifted(other) - self
    def __rmul__(self, other): return lifted(other) * self
    def __rtruediv__(self, other): return lifted(other) / self

    def relu(self): return Value(max(self.data, 0.0), ((self, float(self.data > 0)),))

    def exp(self):
        y = math.exp(self.data)
        return Value(y, ((self, y),))

def lifted(x):
    return x if isinstance(x, Value) else Value(x)
"""

# A tape: one list on which every operation is written, played backwards and then emptied.
TAPE = """
import math

tape = []

class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def backward(self):
        gradients = {id(self): 1.0}
        leaves = {id(self): self}
        for out, operands, slopes in reversed(tape):
            g = gradients.pop(id(out), 0.0)
            leaves.pop(id(out), None)
            for v, slope in zip(operands, slopes):
                gradients[id(v)] = gradients.get(id(v), 0.0) + slope * g
                leaves[id(v)] = v
        for v in leaves.values():
            v.grad += gradients[id(v)]
        tape.clear()

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return record(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return record(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n): return record(self.data**n, (self,), (n * self.data ** (n - 1),))

    def tanh(self):
        t = math.tanh(self.data)
        return record(t, (self,), (1 - t * t,))

    def __neg__(self): return self * -1
    def __sub__(self, other): return self + -other
    def __truediv__(self, other): return self * other**-1
    def __rsub__(self, other): return -self + other
    def __rtruediv__(self, other): return self**-1 * other
    __radd__, __rmul__ = __add__, __mul__

def record(data, operands, slopes):
    out = Value(data)
    tape.append((out, operands, slopes))
    return out
"""


def engine(source):
    """The class Value that a text defines."""
    names = {}
    exec(source, names)
    return names["Value"]


def broken(source, old, new):
    """The class with one mistake put in."""
    assert old in source
    return engine(source.replace(old, new))
