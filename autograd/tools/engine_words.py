"""What `check_engine` says of each mistake: one sentence a mistake, which says what to do."""

NEW = "a new Value must have its number in data, and 0 in grad until a gradient arrives"
FORWARD = "the forward pass comes first: the operator must return a new Value with this number"
IN_PLACE = (
    "an operation changed the number in one of its operands: it must make a new Value, and leave "
    "self.data and other.data as they are"
)
AUGMENTED = (
    "a += b must leave the old Value of a as it is, for others may have used it: without __iadd__ "
    "Python computes a + b, which is right"
)
WRAP = (
    "numbers must work beside Values: begin each operator with "
    "other = other if isinstance(other, Value) else Value(other)"
)
LEFT = (
    "a number on the left: Python asks the number first, then your class for {}. Define it, so "
    "that it does not lead back to itself: return {}"
)
BESIDE = (
    "beside a number the Value still has its derivative: ∂(a + 2)/∂a = 1, ∂(2a)/∂a = 2, "
    "∂(2 - a)/∂a = -1, ∂(2/a)/∂a = -2/a²"
)

PARENTS_STAGE = "a result must know its operands: parents is the tuple (self, other), of a leaf ()"
LOCAL = (
    "_backward is a function without arguments that a result carries: it adds out.grad times the "
    "local derivative to the grad of each operand"
)

IDENTITY = (
    "sets and dicts take two Values of the same number for one, or refuse them: leave out __eq__ and "
    "__hash__, so that a node is itself and no other"
)
ENDLESS = (
    "a loop does not end: what it waits for must happen; a list of nodes to visit must lose each one "
    "that is taken from it, and get none twice"
)
BACKWARD = "a result needs backward(), which fills in grad of all that it was computed from"
STOPPED = "backward() stops with this error even on a leaf, which has no operands: begin there"
VALUE_AS_GRAD = (
    "grad is a number, as data is: _backward computes with self.data and other.data, not with self "
    "and other"
)
UNCALLED = (
    "_backward is the function itself, and not what it returns: out._backward = _backward, without "
    "brackets; that of a leaf does nothing, lambda: None"
)
SEED = "backward() must begin with self.grad = 1: the derivative of a result by itself"
NOTHING_ARRIVED = (
    "no gradient arrived: does the operation set out._backward, and does out know its operands?"
)
FORGOTTEN = "one operand received nothing: _backward must send to self and to other"
OUT_GRAD = "the chain rule is missing: multiply the local derivative by out.grad"
OUT_DATA = "out.data stands where out.grad belongs: what arrives is the gradient of the result"
REVERSED = (
    "nothing gets beyond the last operation: backward() must go through all nodes, from the result "
    "to the inputs, for a node can only pass on what has arrived (reverse the sorted list)"
)
ONE_OPERAND = "backward() follows only the first operand of each node: visit all of them"
PARENTS = (
    "what arrives does not reach the operands' own operands: out must know both, as in "
    "Value(…, (self, other)), or the sort never finds them"
)
ADD_UP = "gradients must add up where a value is used twice: use += in _backward, not ="
ORDER = (
    "a node may pass its gradient on only once, and only when all that use it have sent theirs: "
    "sort the graph topologically, remembering the nodes already visited, and go through it from "
    "the last node to the first"
)
KEEP = (
    "gradients of several backward passes add up until somebody sets grad to 0: backward() must "
    "not clear those of the leaves (training code does, before each step)"
)
STALE = (
    "a backward pass sent what an earlier one had left: it must run the nodes that its own result "
    "was computed from, and no others"
)
RESET = "grad must be an attribute that training code can set to 0 between two passes"
TOGETHER = (
    "each operation may be right alone; together they need out.grad, += and the topological order"
)
NEURON = (
    "a neuron is tanh(w * x + b): your Value needs a method tanh, with the derivative 1 - tanh²"
)
TRAINING = (
    "training sets w.grad = 0, calls backward(), and sets w.data to w.data - rate * w.grad: each "
    "step must begin from the new number, with a new graph"
)

SUM = "a sum hands on what arrives at it: out.grad to each operand, and not 1"
EXCHANGED = "the two are exchanged: ∂(ab)/∂a is b, and ∂(ab)/∂b is a"
PRODUCT = "the product rule: ∂(ab)/∂a = b and ∂(ab)/∂b = a"
MINUS = "b enters a - b with a minus: it must receive -out.grad"
NEGATIVE = "-a has the derivative -1; write it as self * -1"
QUOTIENT = "a / b is a * b**-1: ∂/∂a = 1/b and ∂/∂b = -a/b²"
POWER = "the power rule: the derivative of a**n is n * a**(n - 1)"
EXPONENT = "the derivative of 2**a is log(2) * 2**a: the power rule is for a variable base"
RELU = "ReLU passes on out.grad where its result is positive, and 0 elsewhere"
TANH = "the derivative of tanh is 1 - tanh², the square on tanh alone: not (1 - tanh)²"
SIGMOID = "the derivative of the sigmoid is s * (1 - s), where s is its value"
EXP = "the derivative of exp is exp itself: out.data"
LOG = "the derivative of log a is 1/a"
AT_RESULT = (
    "the derivative is taken at the wrong place: exp, tanh and the sigmoid have it in terms of the "
    "result, 1 - out.data² for tanh; powers, logarithms and products in terms of the operand"
)

DEEP = (
    "a chain of {:,} nodes ends in a {}: no mistake (micrograd's ends there too), "
    "but a sort with a list of its own in place of recursion has no such limit"
)
ONCE = (
    "a second backward() on one graph {}: no mistake (PyTorch's raises too), but an error should say "
    "that the graph is to be computed again"
)
TWICE = (
    "backward() twice on one graph gives more than twice the gradient, since inner nodes keep what "
    "the first pass left (micrograd's do too): begin a pass by setting theirs to 0"
)
