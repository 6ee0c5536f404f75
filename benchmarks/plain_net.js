// The 2-4-2-1 tanh net of benchmarks/learning.py in plain JavaScript: batches of 10, binary cross-entropy on logits,
// gradient descent or Adam, without a library. Prints microseconds per step.
//
//     node benchmarks/plain_net.js sgd|adam STEPS
'use strict';

const [kind, count] = [process.argv[2], Number(process.argv[3])];
const [SIZES, BATCH, POINTS, RATE] = [[2, 4, 2, 1], 10, 200, 0.03];

const random = () => Math.random() * 2 - 1;
const points = Array.from({ length: POINTS }, () => {
  const at = [random() * 6, random() * 6];
  return { at, target: Math.hypot(...at) < 3 ? 1 : 0 };
});
const layers = SIZES.slice(1).map((outputs, n) => {
  const inputs = SIZES[n];
  const zeros = () => new Float64Array(outputs * inputs + outputs); // weights row by row, then biases
  return { inputs, outputs, w: zeros().map(random), g: zeros(), m: zeros(), v: zeros(), a: new Float64Array(outputs), d: new Float64Array(outputs) };
});

function forward(at) {
  let x = at;
  layers.forEach(({ inputs, outputs, w, a }, n) => {
    for (let i = 0; i < outputs; i++) {
      let sum = w[outputs * inputs + i];
      for (let j = 0; j < inputs; j++) sum += w[i * inputs + j] * x[j];
      a[i] = n < layers.length - 1 ? Math.tanh(sum) : sum;
    }
    x = a;
  });
  return x[0];
}

function backward(at, slope) {
  layers[layers.length - 1].d[0] = slope;
  for (let n = layers.length - 1; n >= 0; n--) {
    const { inputs, outputs, w, g, d } = layers[n];
    const x = n > 0 ? layers[n - 1].a : at;
    for (let i = 0; i < outputs; i++) {
      g[outputs * inputs + i] += d[i];
      for (let j = 0; j < inputs; j++) g[i * inputs + j] += d[i] * x[j];
    }
    if (n === 0) return;
    const before = layers[n - 1].d;
    for (let j = 0; j < inputs; j++) {
      let sum = 0;
      for (let i = 0; i < outputs; i++) sum += w[i * inputs + j] * d[i];
      before[j] = sum * (1 - x[j] * x[j]);
    }
  }
}

function update(t) {
  const [first, second] = [1 - 0.9 ** t, 1 - 0.999 ** t];
  for (const { w, g, m, v } of layers) {
    for (let k = 0; k < w.length; k++) {
      if (kind === 'sgd') w[k] -= RATE * g[k];
      else {
        m[k] = 0.9 * m[k] + 0.1 * g[k];
        v[k] = 0.999 * v[k] + 0.001 * g[k] * g[k];
        w[k] -= (RATE * m[k]) / first / (Math.sqrt(v[k] / second) + 1e-8);
      }
    }
  }
}

let loss = 0;
function step(t) {
  for (const { g } of layers) g.fill(0);
  loss = 0;
  for (let b = 0; b < BATCH; b++) {
    const { at, target } = points[(t * BATCH + b) % POINTS];
    const z = forward(at);
    loss += (Math.max(z, 0) - z * target + Math.log1p(Math.exp(-Math.abs(z)))) / BATCH;
    backward(at, (1 / (1 + Math.exp(-z)) - target) / BATCH);
  }
  update(t);
}

for (let t = 1; t <= 2000; t++) step(t); // warm-up of the JIT compiler
const began = process.hrtime.bigint();
for (let t = 2001; t <= 2000 + count; t++) step(t);
const took = Number(process.hrtime.bigint() - began) / 1e3;
if (!Number.isFinite(loss)) throw new Error('diverged');
console.log(took / count);
