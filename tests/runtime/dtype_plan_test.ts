import assert from "node:assert/strict";
import { type DtypeFacts, planDtype } from "../../src/runtime/dtype_plan.ts";
import type { Dtype } from "../../src/runtime/session.ts";

const ALL: Dtype[] = ["fp32", "fp16", "q8"];
const wasm = (available: Dtype[], preferred?: Dtype): DtypeFacts => ({
  device: "wasm",
  available,
  shaderF16: false,
  preferred,
});
const gpu = (available: Dtype[], shaderF16: boolean, preferred?: Dtype): DtypeFacts => ({
  device: "webgpu",
  available,
  shaderF16,
  preferred,
});

Deno.test("planDtype() follows its table", () => {
  const table: [asked: "auto" | Dtype, facts: DtypeFacts, dtype: Dtype | "refused"][] = [
    ["auto", wasm(ALL), "q8"],
    ["auto", wasm(["fp32", "fp16"]), "fp32"],
    ["auto", wasm(["fp16"]), "fp16"],
    ["auto", wasm(ALL, "fp32"), "fp32"],
    ["auto", gpu(ALL, true), "fp16"],
    ["auto", gpu(ALL, false), "fp32"],
    ["auto", gpu(["q8"], true), "q8"],
    ["auto", gpu(ALL, true, "fp32"), "fp32"],
    ["auto", gpu(ALL, false, "fp16"), "fp32"],
    ["auto", gpu(["fp16"], false), "refused"],
    ["fp32", wasm(ALL), "fp32"],
    ["q8", wasm(["fp32"]), "refused"],
    ["fp16", gpu(ALL, false), "refused"],
    ["fp16", gpu(ALL, true), "fp16"],
    ["fp16", wasm(ALL), "fp16"],
  ];
  for (const [asked, facts, expected] of table) {
    const plan = planDtype(asked, facts);
    assert.equal(plan.kind === "plan" ? plan.dtype : "refused", expected, `${asked} of ${JSON.stringify(facts)}`);
    assert.notEqual(plan.why, "");
  }
});

Deno.test("planDtype() names what the pack has when it refuses", () => {
  assert.equal(planDtype("q8", wasm(["fp32", "fp16"])).why, "the pack has fp32, fp16");
});
