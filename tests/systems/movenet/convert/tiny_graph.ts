/** A graph model of a few nodes, one of each kind that the conversion knows. @module */

/** A weight: float16 bits are made from small whole numbers and halves, which float16 holds exactly. */
interface TinyWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly dtype?: "float16" | "float32";
}

function half(value: number): number {
  const bits = new Uint32Array(new Float32Array([value]).buffer)[0]!;
  if (value === 0) return 0;
  return ((bits >>> 16) & 0x8000) | ((((bits >>> 23) & 0xff) - 112) << 10) | ((bits >>> 13) & 0x3ff);
}

const text = (value: string) => ({ s: btoa(value) });
const list = (...values: number[]) => ({ list: { i: values.map(String) } });
const texts = (...values: string[]) => ({ list: { s: values.map((value) => btoa(value)) } });

/** Kernels, whole numbers and halves. */
export const TINY_WEIGHTS: readonly TinyWeight[] = [
  { name: "zero", shape: [1, 1, 1, 3], values: [0, 0, 0] },
  { name: "scale", shape: [1, 1, 1, 3], values: [0.5, 0.25, 2] },
  { name: "one", shape: [], values: [1] },
  // [rows, columns, in, out] = [3, 3, 3, 2]
  { name: "kernel", shape: [3, 3, 3, 2], values: Array.from({ length: 54 }, (_, i) => ((i * 7) % 11 - 5) / 4) },
  { name: "bias", shape: [2], values: [0.5, -1], dtype: "float32" },
  // [rows, columns, in, 1]
  { name: "depth", shape: [3, 3, 2, 1], values: Array.from({ length: 18 }, (_, i) => ((i * 5) % 7 - 3) / 2) },
  { name: "point", shape: [1, 1, 2, 2], values: [1, -0.5, 2, 0.25] },
  { name: "shift", shape: [2], values: [0.25, 0] },
];

/** Topology (JSON) and weights; `change` may break a node first. */
export function tinyGraph(
  change: (nodes: Record<string, unknown>[]) => void = () => {},
): { json: string; data: Uint8Array } {
  const node = [
    { name: "input", op: "Placeholder", attr: {} },
    { name: "sub", op: "Sub", input: ["input", "zero"], attr: {} },
    { name: "scaled", op: "Mul", input: ["sub", "scale"], attr: {} },
    { name: "shifted", op: "Sub", input: ["scaled", "one"], attr: {} },
    {
      name: "conv",
      op: "_FusedConv2D",
      input: ["shifted", "kernel", "bias"],
      attr: {
        strides: list(1, 2, 2, 1),
        padding: text("SAME"),
        fused_ops: texts("BiasAdd", "Relu6"),
        dilations: list(1, 1, 1, 1),
      },
    },
    {
      name: "depthwise",
      op: "DepthwiseConv2dNative",
      input: ["conv", "depth"],
      attr: { strides: list(1, 1, 1, 1), padding: text("SAME") },
    },
    {
      name: "pointwise",
      op: "_FusedConv2D",
      input: ["depthwise", "point", "shift"],
      attr: { strides: list(1, 1, 1, 1), padding: text("VALID"), fused_ops: texts("BiasAdd", "Relu") },
    },
    { name: "sum", op: "AddV2", input: ["pointwise", "conv"], attr: {} },
    { name: "size", op: "Const", attr: {} },
    {
      name: "double",
      op: "ResizeBilinear",
      input: ["sum", "size"],
      attr: { half_pixel_centers: { b: true }, align_corners: { b: false } },
    },
  ] as Record<string, unknown>[];
  change(node);
  const chunks = TINY_WEIGHTS.map(({ values, dtype }) =>
    dtype === "float32"
      ? new Uint8Array(new Float32Array(values).buffer)
      : new Uint8Array(new Uint16Array(values.map(half)).buffer)
  );
  const weights = TINY_WEIGHTS.map(({ name, shape, dtype }) =>
    dtype === "float32"
      ? { name, shape, dtype: "float32" }
      : { name, shape, dtype: "float32", quantization: { dtype: "float16", original_dtype: "float32" } }
  );
  return {
    json: JSON.stringify({ modelTopology: { node }, weightsManifest: [{ paths: ["tiny.bin"], weights }] }),
    data: Uint8Array.from(chunks.flatMap((chunk) => [...chunk])),
  };
}
