import assert from "node:assert/strict";
import { FEWEST_CALLS, timeGraph } from "../../src/pipelines/time_graph.ts";
import type { Tensor } from "../../src/runtime/session.ts";

/** A session whose calls take what the list says, ms, over and over; and the clock that sees it. */
function clockwork(durations: readonly number[]): {
  session: { run: (feeds: Readonly<Record<string, Tensor>>) => Promise<Record<string, Tensor>> };
  now: () => number;
  fed: Readonly<Record<string, Tensor>>[];
} {
  let time = 0;
  const fed: Readonly<Record<string, Tensor>>[] = [];
  return {
    session: {
      run: (feeds) => {
        time += durations[fed.length % durations.length]!;
        fed.push(feeds);
        return Promise.resolve({});
      },
    },
    now: () => time,
    fed,
  };
}

const going = new AbortController().signal;

Deno.test("timeGraph() tells median and quartiles of the calls after the warm-up", async () => {
  const { session, now, fed } = clockwork([100, 10, 20, 30, 40, 50, 750]);
  const times = await timeGraph(session, { x: [2, 3] }, { seconds: 1, signal: going, now });
  assert.equal(fed.length, 7);
  assert.deepEqual(times, { calls: 6, median: 35, lower: 22.5, upper: 47.5, least: 10 });
  assert.deepEqual(fed[0]!["x"]!.dims, [2, 3]);
  assert.equal(fed[0]!["x"]!.data.length, 6);
});

Deno.test("timeGraph() makes the fewest calls that tell something when one takes longer than the time there is", async () => {
  const { session, now, fed } = clockwork([5000]);
  assert.equal((await timeGraph(session, {}, { seconds: 0.01, signal: going, now })).calls, FEWEST_CALLS);
  assert.equal(fed.length, FEWEST_CALLS + 1);
});

Deno.test("timeGraph() ends when calls take no time at all", async () => {
  const { session, now } = clockwork([400_000, ...Array(5000).fill(0)]); // the first call is the whole warm-up of an hour
  const { calls, median } = await timeGraph(session, {}, { seconds: 3600, signal: going, now });
  assert.deepEqual([calls, median], [1000, 0]);
});

Deno.test("timeGraph() stops between two calls", async () => {
  const stop = new AbortController();
  let calls = 0;
  const session = {
    run: () => {
      if (++calls === 3) stop.abort(new Error("enough"));
      return Promise.resolve({});
    },
  };
  await assert.rejects(timeGraph(session, {}, { seconds: 3600, signal: stop.signal }), { message: "enough" });
  assert.equal(calls, 3);
});
