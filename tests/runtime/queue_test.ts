import assert from "node:assert/strict";
import fc from "fast-check";
import { createQueue } from "../../src/runtime/queue.ts";

/** Resolves a few microtasks later, so that tasks would interleave if nothing held them apart. */
async function ticks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}

Deno.test("createQueue() never overlaps tasks and keeps their order, whatever they take and whichever fail", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.record({ takes: fc.nat(5), fails: fc.boolean() }), { maxLength: 12 }),
    async (tasks) => {
      const queue = createQueue();
      let running = 0;
      const order: number[] = [];
      const results = await Promise.allSettled(tasks.map((task, i) =>
        queue(async () => {
          assert.equal(++running, 1);
          order.push(i);
          await ticks(task.takes);
          running--;
          if (task.fails) throw new Error(`task ${i}`);
          return i;
        })
      ));
      assert.deepEqual(order, tasks.map((_, i) => i));
      results.forEach((result, i) => {
        if (tasks[i]!.fails) assert.equal(result.status === "rejected" && result.reason.message, `task ${i}`);
        else assert.equal(result.status === "fulfilled" && result.value, i);
      });
    },
  ));
});

Deno.test("createQueue() turns a task that throws before its first await into a rejection", async () => {
  const queue = createQueue();
  const failed = queue(() => {
    throw new Error("at once");
  });
  await assert.rejects(failed, /at once/);
  assert.equal(await queue(() => Promise.resolve(7)), 7);
});
