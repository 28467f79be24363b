"""What type checkers must refuse: every line that ends in ``# no``, and no other."""

from fractions import Fraction

from autograd import Value, dot, draw, grad, group, mul, primitive, tanh, value_and_grad, vmap

v = Value(Fraction(1, 3), "v")

v.bakward()  # no
v.tan_h()  # no
v._prev  # no
v._op  # no
v._backward()  # no

Value("a")  # no
Value([1.0, 2.0])  # no
Value(None)  # no
Value()  # no
Value(1.0, 2.0)  # no

v + "a"  # no
v + None  # no
v * [1, 2]  # no
{} - v  # no
pow(v, 2, 3)  # no
round(v, 2)  # no

v.tanh(3)  # no
v.clip(0.0)  # no
v.backward("all")  # no
v.parents = ()  # no
v.label = 3  # no

tanh()  # no
tanh(1.0, 2.0)  # no
mul(v)  # no
dot([v, v])  # no

grad(3)  # no
grad(tanh, argnums="x")  # no
value_and_grad(tanh)(1.0).grad  # no
vmap(tanh, in_axes="0")  # no
draw(v, adjoints="yes")  # no
group(3)  # no
primitive(3)  # no
