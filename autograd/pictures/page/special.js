// The special functions of statistics and physics, for IEEE doubles. Formulas are from Abramowitz and
// Stegun, Handbook of mathematical functions: the number of each stands beside it.

const ROOT_PI = Math.sqrt(Math.PI);

// ------------------------------------------------------------------------------ the error function

/** exp(-x²)/√π, the factor of both expansions below. */
const bell = (x) => Math.exp(-x * x) / ROOT_PI;

/** erf x for |x| < 2: a series of positive terms (7.1.6). */
function erfSeries(x) {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return 2 * bell(x) * sum;
}

/** √π exp(x²) erfc x for x ≥ 2: a continued fraction from its tail (7.1.14). */
function erfcFraction(x) {
  let tail = 0;
  for (let n = 100; n > 0; n--) tail = n / 2 / (x + tail);
  return 1 / (x + tail);
}

function erf(x) {
  if (!(Math.abs(x) >= 2)) return erfSeries(x);
  return Math.sign(x) * (1 - bell(x) * erfcFraction(Math.abs(x)));
}

function erfc(x) {
  if (!(Math.abs(x) >= 2)) return 1 - erfSeries(x);
  const tail = bell(x) * erfcFraction(Math.abs(x));
  return x > 0 ? tail : 2 - tail;
}

/** exp(x²) erfc x, for x above ½. */
const erfcx = (x) => (x >= 2 ? erfcFraction(x) / ROOT_PI : Math.exp(x * x) * erfc(x));

/** The inverse of erf: Newton's steps, from a guess of S. Winitzki's (2008). */
function erfinv(y) {
  if (y === 0 || !(Math.abs(y) < 1)) return y === 0 ? y : Math.abs(y) === 1 ? y * Infinity : NaN;
  const log = Math.log1p(-y * y);
  const half = 2 / (Math.PI * 0.147) + log / 2;
  let x = Math.sqrt(Math.sqrt(half * half - log / 0.147) - half);
  const target = Math.abs(y);
  for (let step = 0; step < 4; step++) {
    const miss = target < 0.5 ? erf(x) - target : 1 - target - erfc(x);
    const newton = miss / (2 * bell(x));
    x -= newton / (1 + x * newton); // Halley's correction
  }
  return Math.sign(y) * x;
}

// ------------------------------------------------------------------------- the normal distribution

const ndtr = (x) => erfc(-x * Math.SQRT1_2) / 2;

/** log Φ(x): for x < -1, where Φ underflows, by exp(x²/2) Φ(x). */
function logNdtr(x) {
  if (x < -1) return Math.log(erfcx(-x * Math.SQRT1_2) / 2) - (x * x) / 2;
  return Math.log1p(-ndtr(-x));
}

/** φ(x)/Φ(x), which is -x + O(1/x) far out. */
function mills(x) {
  if (x < -1e9) return -x;
  const root = Math.sqrt(2 * Math.PI);
  if (x < -1) return 2 / (root * erfcx(-x * Math.SQRT1_2));
  return Math.exp((-x * x) / 2) / (root * ndtr(x));
}

// ----------------------------------------------------------------------------- the gamma function

const LARGE = 12; // from here on the asymptotic series have all digits
const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510];
const EULER = 0.5772156649015329;

/** ζ(n) - 1: its first terms, and of the rest the integral with its first corrections (23.2.3). */
function zetaLessOne(n) {
  const N = 60;
  let sum = 0;
  for (let k = N - 1; k >= 2; k--) sum += k ** -n;
  const slope = n / N; // of x⁻ⁿ at N, but for its sign and N⁻ⁿ
  const third = (slope * (n + 1) * (n + 2)) / N ** 2;
  return sum + N ** -n * (N / (n - 1) + 1 / 2 + slope / 12 - third / 720);
}

const ZETAS = Array.from({ length: 40 }, (_, i) => zetaLessOne(i + 2));

/** log Γ(2 + t) for |t| ≤ ½ (6.1.33): a zero at t = 0 keeps all digits. */
function gammalnNearTwo(t) {
  let sum = 0;
  for (let i = ZETAS.length - 1; i >= 0; i--) sum = ZETAS[i] / (i + 2) - t * sum;
  return t * (1 - EULER) + t * t * sum;
}

/** Σ B₂ₖ times a coefficient over x²ᵏ, from its end. */
function asymptotic(x, coefficient) {
  return BERNOULLI.reduceRight((sum, b, i) => (b * coefficient(2 * i + 2) + sum) / (x * x), 0);
}

function gammaln(x) {
  if (Math.abs(x) === Infinity || (x <= 0 && Number.isInteger(x))) return Infinity;
  if (x < 0.5) return Math.log(Math.PI / Math.abs(sinPi(x))) - gammaln(1 - x); // 6.1.17
  if (x < 1.5) return gammalnNearTwo(x - 1) - Math.log1p(x - 1);
  if (x < LARGE) {
    let product = 1;
    for (; x > 2.5; x -= 1) product *= x - 1;
    return gammalnNearTwo(x - 2) + Math.log(product);
  }
  const series = x * asymptotic(x, (k) => 1 / (k * (k - 1))); // 6.1.41
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series;
}

/** sin πx and cos πx from the nearest integer, so that their zeros are exact. */
const sinPi = (x) => Math.sin(Math.PI * (x - Math.round(x))) * (Math.round(x) % 2 === 0 ? 1 : -1);
const cosPi = (x) => sinPi(x + 0.5);

/** ψ(x), the derivative of log Γ: up to where its series holds (6.3.5, 6.3.7, 6.3.18). */
function digamma(x) {
  if (x === 0) return -Infinity / Math.sign(1 / x);
  if (x === -Infinity || (x < 0 && Number.isInteger(x))) return NaN;
  if (x < 0) return digamma(1 - x) - (Math.PI * cosPi(x)) / sinPi(x);
  let sum = 0;
  for (; x < LARGE; x += 1) sum -= 1 / x;
  return sum + Math.log(x) - 1 / (2 * x) - asymptotic(x, (k) => 1 / k);
}

/** ψ′(x) (6.4.6, 6.4.7, 6.4.12). */
function trigamma(x) {
  if (x === -Infinity) return NaN;
  if (x <= 0 && Number.isInteger(x)) return Infinity;
  if (x < 0) return (Math.PI / sinPi(x)) ** 2 - trigamma(1 - x);
  let sum = 0;
  for (; x < LARGE; x += 1) sum += 1 / (x * x);
  return sum + 1 / x + 1 / (2 * x * x) + asymptotic(x, () => 1) / x;
}

// ------------------------------------------------------------------------------- Bessel functions

/** Iₙ(x), a series of terms of one sign (9.6.10). */
function iv(n, x) {
  if (Math.abs(x) === Infinity) return n % 2 === 0 ? Infinity : x;
  let term = 1;
  for (let k = 1; k <= n; k++) term *= x / 2 / k;
  let sum = term;
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
    term *= (x / 2 / k) * (x / 2 / (n + k));
    sum += term;
  }
  return sum;
}

export const special = {
  erf,
  erfc,
  erfinv,
  ndtr,
  log_ndtr: logNdtr,
  mills,
  gammaln,
  digamma,
  trigamma,
  iv,
};
