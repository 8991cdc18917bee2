/**
 * DiffPose-Video in a worker of its own, so that the windows of one frame are computed while people are found in the next:
 * two graphs on one thread each do more than one graph at a time on two.
 *
 * @module
 */
import { loadPackFrom } from "../runtime/pack_fs.ts";
import { type DiffposeVideo, openDiffposeVideo } from "../systems/diffpose_video/mod.ts";
import { useEmbedded } from "./embedded.ts";
import type { VideoWorkerFunctions } from "./video_worker_functions.ts";
import { answerCalls } from "./worker_answers.ts";

useEmbedded();

let video: DiffposeVideo | null = null;
/** One window after another: taking turns graph by graph, all that wait would be done at the same time, and late. */
let last: Promise<unknown> = Promise.resolve();

answerCalls<VideoWorkerFunctions>({
  open: async (model, dtype, threads) => {
    video = await openDiffposeVideo(await loadPackFrom(model), { device: "wasm", dtype, threads });
    return { dtype: video.denoise.dtype, device: video.denoise.device };
  },
  estimate: (window, options) => {
    const answer = last.then(() => video!.estimate(window, options));
    last = answer.catch(() => {}); // Told to whoever asked.
    return answer;
  },
});
