// Folding: in a graph too large for a screen, the nodes made in one group are shown as one box.

/** How many boxes a page opens with, and how many it ever shows at once. */
const COMFORTABLE = 60;
const MOST = 300;

const key = (path) => JSON.stringify(path);

/** Every group of a graph, outermost first, and how many nodes were made in it. */
export function groups(graph) {
  const sizes = new Map();
  for (const node of graph.visible) {
    for (let depth = 1; depth <= node.group.length; depth++) {
      const path = node.group.slice(0, depth);
      const found = sizes.get(key(path)) ?? { key: key(path), path, size: 0 };
      sizes.set(found.key, { ...found, size: found.size + 1 });
    }
  }
  return [...sizes.values()];
}

/** The groups that are open at first: all, or if that is too much none. */
export function openAtFirst(graph) {
  return new Set(graph.visible.length > COMFORTABLE ? [] : groups(graph).map((group) => group.key));
}

/**
 * The boxes that are shown, in the order that they are computed. Each has its members, and the group
 * that it folds or null. What no group folds and is too far from the output goes into one box more.
 */
export function boxes(graph, open, most = MOST) {
  const found = new Map();
  for (const node of graph.visible) {
    const folded = foldedPath(node, graph, open);
    const name = folded ? key(folded) : node.index;
    const box = found.get(name) ?? { name, group: folded, members: [] };
    box.members.push(node);
    found.set(name, box);
  }
  takeInLeaves(found, graph);
  const all = [...found.values()].filter((box) => box.members.length > 0);
  all.sort((a, b) => a.members.at(-1).index - b.members.at(-1).index);
  if (all.length <= most) return all;
  const far = all.slice(0, all.length - most + 1);
  const rest = { name: "rest", group: [], members: far.flatMap((box) => box.members) };
  rest.members.sort((a, b) => a.index - b.index);
  return [rest, ...all.slice(far.length)];
}

/** The outermost closed group around a node; the output is always shown. */
function foldedPath(node, graph, open) {
  if (node === graph.output) return null;
  for (let depth = 1; depth <= node.group.length; depth++) {
    const path = node.group.slice(0, depth);
    if (!open.has(key(path))) return path;
  }
  return null;
}

/** A leaf that one folded group alone uses, such as a weight, is folded with it. */
function takeInLeaves(found, graph) {
  const boxOf = new Map(
    [...found.values()].flatMap((box) => box.members.map((node) => [node, box])),
  );
  for (const leaf of graph.visible) {
    if (!leaf.isLeaf || leaf.uses.length === 0) continue;
    const users = new Set(leaf.uses.map(({ node }) => boxOf.get(node)));
    const [user] = users;
    if (users.size > 1 || !user.group || boxOf.get(leaf) === user) continue;
    found.get(leaf.index)?.members.pop();
    user.members.push(leaf);
    user.members.sort((a, b) => a.index - b.index);
  }
}
