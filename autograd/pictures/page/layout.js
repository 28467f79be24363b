// A layered drawing from left to right (Sugiyama, Tagawa and Toda 1981): boxes in layers, few
// crossings, then heights that keep edges straight.

export const CARD = { width: 156, height: 66 };
const GAP = { x: 96, y: 18, bend: 14 };
const SWEEPS = 10;

/**
 * Places for boxes, given for each the names of those that it uses. Gives by a box's name its centre
 * and its trail, the points that its edges run through, itself first; by "from→to" which of them an
 * edge leaves the trail at; and the size of the whole.
 */
export function layout(names, uses) {
  const layerOf = layers(names, uses);
  const { rows, trails, exits } = withBends(names, uses, layerOf);
  order(rows);
  heights(rows);
  return { ...placed(rows, trails), exits };
}

/** The longest path from the leaves; a leaf stands just before its first use. */
function layers(names, uses) {
  const layer = new Map();
  for (const name of names) {
    const below = (uses.get(name) ?? []).map((x) => layer.get(x) ?? -1);
    layer.set(name, 1 + Math.max(-1, ...below));
  }
  for (const name of names) {
    if ((uses.get(name) ?? []).length > 0) continue;
    const users = names.filter((user) => (uses.get(user) ?? []).includes(name));
    if (users.length > 0)
      layer.set(name, Math.max(0, Math.min(...users.map((x) => layer.get(x))) - 1));
  }
  return layer;
}

/**
 * The layers as rows of points: an edge over several layers has a bend in each between, which all
 * edges of one box share.
 */
function withBends(names, uses, layerOf) {
  const rows = Array.from({ length: 1 + Math.max(...layerOf.values()) }, () => []);
  const points = new Map();
  const add = (name, layer) => {
    const point = {
      name,
      layer,
      left: [],
      right: [],
      y: 0,
      gap: name === null ? GAP.bend : CARD.height,
    };
    rows[layer].push(point);
    return point;
  };
  const connect = (left, right) => {
    left.right.push(right);
    right.left.push(left);
  };
  for (const name of names) points.set(name, add(name, layerOf.get(name)));
  const trails = new Map(names.map((name) => [name, [points.get(name)]]));
  const exits = new Map();
  for (const to of names) {
    for (const from of new Set(uses.get(to))) {
      const trail = trails.get(from);
      const length = layerOf.get(to) - layerOf.get(from);
      while (trail.length < length) {
        trail.push(add(null, layerOf.get(from) + trail.length));
        connect(trail.at(-2), trail.at(-1));
      }
      connect(trail[length - 1], points.get(to));
      exits.set(`${from}→${to}`, length - 1);
    }
  }
  return { rows, trails, exits };
}

const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

/** Sort every layer by where its neighbours stand, back and forth. */
function order(rows) {
  const number = (row) =>
    row.forEach((point, i) => {
      point.at = i;
    });
  rows.forEach(number);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const side = sweep % 2 === 0 ? "right" : "left";
    const along = side === "left" ? rows : [...rows].reverse();
    for (const row of along) {
      for (const point of row) {
        const near = point[side].map((other) => other.at);
        point.wish = near.length > 0 ? mean(near) : point.at;
      }
      row.sort((a, b) => a.wish - b.wish);
      number(row);
    }
  }
}

/** Move every layer towards its neighbours, the boxes of it keeping order and distance. */
function heights(rows) {
  for (const row of rows) {
    let y = 0;
    for (const point of row) {
      point.y = y + point.gap / 2;
      y += point.gap + GAP.y;
    }
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const along = sweep % 2 === 0 ? [...rows].reverse() : rows;
    for (const row of along) settle(row, sweep);
  }
}

function settle(row, sweep) {
  const side = sweep >= SWEEPS - 2 ? ["left", "right"] : [sweep % 2 === 0 ? "right" : "left"];
  let offset = 0;
  row.forEach((point, i) => {
    if (i > 0) offset += (row[i - 1].gap + point.gap) / 2 + GAP.y;
    const near = side.flatMap((s) => point[s].map((other) => other.y));
    point.offset = offset;
    point.wish = (near.length > 0 ? mean(near) : point.y) - offset;
  });
  monotone(row.map((point) => point.wish)).forEach((y, i) => {
    row[i].y = y + row[i].offset;
  });
}

/** The nearest increasing sequence, by least squares: neighbours that disagree are pooled. */
export function monotone(wishes) {
  const pools = [];
  for (const wish of wishes) {
    let pool = { sum: wish, n: 1 };
    while (pools.length > 0 && pools.at(-1).sum / pools.at(-1).n > pool.sum / pool.n) {
      const { sum, n } = pools.pop();
      pool = { sum: sum + pool.sum, n: n + pool.n };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ sum, n }) => Array(n).fill(sum / n));
}

function placed(rows, trails) {
  const points = rows.flat();
  const top = Math.min(...points.map((point) => point.y - point.gap / 2));
  const place = (point) => ({
    x: 12 + CARD.width / 2 + point.layer * (CARD.width + GAP.x),
    y: 12 + point.y - top,
  });
  return {
    centres: new Map(points.filter((p) => p.name !== null).map((p) => [p.name, place(p)])),
    trails: new Map([...trails].map(([name, trail]) => [name, trail.map(place)])),
    width: 24 + rows.length * (CARD.width + GAP.x) - GAP.x,
    height: 24 + Math.max(...points.map((point) => point.y + point.gap / 2)) - top,
  };
}
