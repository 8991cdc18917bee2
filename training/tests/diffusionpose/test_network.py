"""The network, its samplers, losses and graphs."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from diffpose_training.common.batches import REST, Batch
from diffpose_training.common.heatmap_loss import heatmap_loss
from diffpose_training.common.heatmaps import draw
from diffpose_training.common.joint_sets import COCO17
from diffpose_training.common.packs import Pack
from diffpose_training.diffusionpose.attention import CrossAttention, from_windows, to_windows
from diffpose_training.diffusionpose.graphs import example, example_states, export_models, map_shapes
from diffpose_training.diffusionpose.hrnet import Hrnet, load_weights
from diffpose_training.diffusionpose.loss import (
    DiffusionConfig,
    first_state,
    loss_of_batch,
    second_state,
    swap_sides,
    targets,
)
from diffpose_training.diffusionpose.manifest import ports
from diffpose_training.diffusionpose.model import DiffusionPose, ModelConfig
from diffpose_training.diffusionpose.predict import predict
from diffpose_training.diffusionpose.sampler import (
    coordinate_steps,
    coordinates,
    ddim_step,
    feedback,
    feedback_steps,
    heatmaps_of,
)
from diffpose_training.diffusionpose.stills import from_grid, to_grid
from diffpose_training.diffusionpose.structure import add_noise, alphas_of, unit

SINGLE = 1e-4  # float32 sums in another order
HALF = 0.02  # half-precision weights, maps of size 1
TINY = ModelConfig(centre=0.0, features=16, neck=(16, 16, 16), channels=(8, 8, 16, 16))


def model_of(config: ModelConfig = TINY, seed: int = 0) -> DiffusionPose:
    """A network whose last layers are not zero, so that its inputs matter."""
    torch.manual_seed(seed)
    model = DiffusionPose(config)
    for weight in model.parameters():
        if not weight.any():
            torch.nn.init.normal_(weight, std=0.1)
    return model.eval()


def batch_of(size: int, config: ModelConfig = TINY, seed: int = 0) -> Batch:
    """Random features and points."""
    rng, count = torch.Generator().manual_seed(seed), config.set.count
    points, ones = 8 + 48 * torch.rand(size, count, 2, generator=rng), torch.ones(size, count)
    own = torch.zeros(size, 17, 3)
    return Batch(example(config, size, seed), points, ones, ones, own, torch.zeros(size, 6), torch.ones(size, 5), own)


def test_shapes_of_the_shipped_configuration():
    model = model_of(ModelConfig())
    with torch.no_grad():
        maps = model.encode(*example(model.config, 2))
        clean = model.denoise(*example_states(model.config, 2), *maps)
    assert [tuple(m.shape[1:]) for m in maps] == list(map_shapes(model.config).values())
    assert clean.shape == (2, 17, 64, 64)


@pytest.mark.parametrize("stride", [1, 2, 4, 8])
def test_every_stride_has_heatmaps_of_its_size(stride):
    model = model_of(replace(TINY, stride=stride))
    with torch.no_grad():
        maps = model.encode(*example(model.config, 1))
        clean = model.denoise(*example_states(model.config, 1), *maps)
    assert [tuple(m.shape[1:]) for m in maps] == list(map_shapes(model.config).values())
    assert clean.shape == (1, 17, 256 // stride, 256 // stride)


def test_windows_are_put_back_where_they_came_from():
    x = torch.randn(2, 3, 16, 24)
    assert torch.equal(from_windows(to_windows(x, 8), 8, (16, 24)), x)
    assert torch.equal(to_windows(x, 8)[1, 4], x[1, :, 8:, 8:16].reshape(3, 64).T)


@pytest.mark.parametrize(("spatial", "channel"), [(True, False), (False, True), (True, True)])
def test_an_empty_skeleton_adds_nothing_but_biases(spatial, channel):
    torch.manual_seed(0)
    block = CrossAttention(32, (16, 16), spatial, channel)
    for name, weight in block.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.zeros_(weight)
    query = torch.randn(2, 32, 16, 16)
    assert not block(query, torch.zeros_like(query)).any()
    assert block(query, torch.randn_like(query)).any()


def test_one_kind_of_attention_stays_in_its_window_and_the_other_one_does_not():
    query, key = torch.randn(1, 32, 16, 16), torch.randn(1, 32, 16, 16)
    other = key.clone()
    other[..., 8:, 8:] = torch.randn(1, 32, 8, 8)
    for spatial in (True, False):
        torch.manual_seed(0)
        block = CrossAttention(32, (16, 16), spatial, not spatial)
        change = (block(query, key) - block(query, other)).abs()[..., :8, :8].max()
        assert (change.item() == 0) == spatial


def test_one_crop_is_broadcast_over_its_states():
    model = model_of()
    noisy, guide, step = example_states(TINY, 3)
    with torch.no_grad():
        maps = model.encode(*example(TINY, 1))
        together = model.denoise(noisy, guide, step, *maps)
        apart = torch.cat([model.denoise(noisy[i : i + 1], guide[i : i + 1], step[i : i + 1], *maps) for i in range(3)])
    torch.testing.assert_close(together, apart, atol=SINGLE, rtol=SINGLE)


@pytest.mark.parametrize("joints", ["coco17", "crowdpose14", "aic14"])
def test_an_untrained_network_answers_with_smoothed_probabilities_for_the_joints_that_movenet_knows(joints):
    torch.manual_seed(0)
    model = DiffusionPose(replace(TINY, joints=joints)).eval()
    inputs = example(TINY, 1)
    with torch.no_grad():
        known = model.encode.start(inputs[0])[0]
        for steps in (0, 2):
            answer = heatmaps_of(model, inputs, steps=steps)[0]
            for ours, at in enumerate(model.config.set.from_coco):
                torch.testing.assert_close(answer[ours], known[at].clamp(0, 1) if at >= 0 else torch.zeros(64, 64))


def test_a_stronger_neighbour_does_not_take_the_start():
    config, batch = replace(TINY, centre=12.0), batch_of(1)
    own, other = torch.full((1, 17, 2), 30.5), torch.full((1, 17, 2), 60.5)
    logits = -8 + 9 * draw(own, (64, 64), 2.0) + 11 * draw(other, (64, 64), 2.0)
    batch.inputs, batch.joints = (logits, *batch.inputs[1:]), torch.cat([own, torch.ones(1, 17, 1)], -1)
    torch.manual_seed(0)
    for centre, place in ((0.0, 60.5), (12.0, 30.5)):
        model = DiffusionPose(replace(config, centre=centre)).eval()
        assert float((predict(model, Few(batch), [0], steps=0)[0][..., :2] - place).abs().max()) < 0.1


def test_checkpoints_of_before_are_read_as_they_were():
    assert ModelConfig.read({"features": 16}).centre == 0 and ModelConfig.read({"centre": 5.0}).centre == 5


def test_only_the_second_sampler_has_chance():
    model, inputs = model_of(), example(TINY, 1)
    assert torch.equal(heatmaps_of(model, inputs, seed=1), heatmaps_of(model, inputs, seed=2))
    for sampler in ("noise", "coarse"):
        one, same, other = (heatmaps_of(model, inputs, sampler=sampler, seed=seed) for seed in (3, 3, 4))
        assert torch.equal(one, same) and float((one - other).abs().max()) > 0
    each = heatmaps_of(model, inputs, sampler="noise", hypotheses=3, each=True)
    torch.testing.assert_close(heatmaps_of(model, inputs, sampler="noise", hypotheses=2), each[:2].mean(0))


def test_steps_of_the_samplers():
    assert [feedback_steps(n) for n in (1, 2, 3)] == [[299], [299, 0], [299, 150, 0]]
    assert coordinate_steps(2) == [999, 499] and coordinate_steps(3, 300) == [299, 199, 99]


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_an_oracle_ends_on_the_truth(steps):
    truth = draw(8 + 48 * torch.rand(2, 17, 2), (64, 64), 2.0)
    coarse = draw(64 * torch.rand(2, 17, 2), (64, 64), 2.0)

    def oracle(noisy, guide, step):
        return truth

    assert torch.equal(feedback(oracle, coarse, TINY, steps), truth)
    for start in (None, 300):
        assert torch.equal(coordinates(oracle, coarse, torch.randn(2, 17, 2), TINY, steps, start), truth)


def test_joints_that_are_not_seen_are_neither_drawn_nor_masked():
    seen, coarse = [], torch.zeros(1, 17, 64, 64)
    coarse[:, 5] = draw(torch.tensor([[[20.0, 20.0]]]), (64, 64), 2.0)[:, 0]

    def remember(noisy, guide, step):
        seen.append((noisy, guide))
        return coarse

    feedback(remember, coarse, TINY, 1)
    noisy, guide = seen[0]
    assert noisy[0].amax((1, 2)).gt(0).tolist() == [joint == 5 for joint in range(17)]
    assert guide[0, 0].any() and not guide[0, 1].any()


def test_ddim_with_an_oracle_meets_the_forward_process_on_the_way():
    alphas, clean, noise = alphas_of(), unit(64 * torch.rand(1, 17, 2), (64, 64)), torch.randn(1, 17, 2)
    state = add_noise(clean, noise, alphas[999].float(), 2.0)
    for after in (499, 99):
        middle = ddim_step(state.double(), clean.double(), float(alphas[999]), float(alphas[after]), 2.0)
        torch.testing.assert_close(middle, add_noise(clean, noise, alphas[after].float(), 2.0).double(), atol=SINGLE, rtol=SINGLE)
    torch.testing.assert_close(ddim_step(state, clean, float(alphas[999]), 1.0, 2.0), 2 * clean)


def test_fresh_noise_keeps_the_variance_of_the_forward_process():
    alphas, clean = alphas_of(), torch.zeros(4000, 17, 2)
    torch.manual_seed(0)
    state = add_noise(clean, torch.randn_like(clean), alphas[600].float(), 2.0)
    after = ddim_step(state, clean, float(alphas[600]), float(alphas[300]), 2.0, 1.0, torch.randn_like(clean))
    assert float(after.var()) == pytest.approx(1 - float(alphas[300]), rel=0.02)  # 136,000 numbers: 0.4 % is one deviation


def test_joints_without_weight_are_not_there():
    batch = batch_of(3)
    batch.weight = batch.weight.clone()
    batch.weight[:, 9:] = 0
    there = targets(batch, TINY)[1]
    assert not there[:, 9:].any() and there[:, :9].all()


def test_states_of_training_are_what_the_samplers_meet():
    batch, alphas = batch_of(64), alphas_of()
    points, there, _, target = targets(batch, TINY)
    there[:, 3] = False
    coarse = draw(points + 1, (64, 64), 3.0)
    again = first_state(points, there, coarse, alphas, TINY, DiffusionConfig(coarse=1.0, drawn=1.0, early=200, late=400))
    torch.testing.assert_close(again.noisy, draw(points + 1, (64, 64), 2.0), atol=1e-3, rtol=0)
    same = first_state(points, there, coarse - 0.1, alphas, TINY, DiffusionConfig(coarse=1.0, drawn=0.0))
    assert torch.equal(same.noisy, (coarse - 0.1).clamp(0, 1))  # a sampler feeds heatmaps, which are never negative
    assert 200 <= again.step.min() and again.step.max() < 400
    wide = first_state(points, there, coarse, alphas, TINY, DiffusionConfig(coarse=0.0))
    assert wide.step.max() >= 400 and float(wide.noisy.amax((2, 3)).min()) > 0.5  # every joint is drawn, also those that are not there
    early = first_state(points, there, coarse, alphas, TINY, DiffusionConfig(coarse=0.0, first=2, swapped=0.0))
    known = there[..., None, None]
    assert float(((early.noisy - target) * known).abs().max()) < 0.4  # noise of a third of a cell
    torch.testing.assert_close(second_state(target, alphas, TINY, DiffusionConfig(noised=0.0, drawn=1.0)).noisy, target, atol=1e-3, rtol=0)
    assert torch.equal(second_state(coarse, alphas, TINY, DiffusionConfig(noised=0.0, drawn=0.0)).noisy, coarse)


def test_sides_are_swapped_for_some_poses_and_only_where_both_are_there():
    points, there = torch.arange(17.0)[None, :, None].expand(200, 17, 2).contiguous(), torch.ones(200, 17, dtype=torch.bool)
    there[:, 9] = False
    torch.manual_seed(0)
    swapped = swap_sides(points, there, COCO17, 0.5)
    moved = (swapped != points)[..., 0]
    assert 0.2 < float(moved.any(1).float().mean()) < 0.6
    assert not moved[:, [0, 9, 10]].any()
    assert all(swapped[i, j, 0] == COCO17.mirror[j] for i, j in moved.nonzero().tolist())
    assert torch.equal(swap_sides(points, there, COCO17, 0.0), points)


def test_places_of_the_cache_and_of_the_grid_are_inverse():
    config = replace(TINY, backbone="hrnet_w32", side=(256, 192), stride=8)
    points = torch.tensor([[32.0, 32.0], [8.0, 0.0]])
    assert to_grid(points, config).tolist() == [[12.0, 16.0], [0.0, 0.0]]
    torch.testing.assert_close(from_grid(to_grid(points, config), config), points)


SWITCHES = [
    {"keypoints": False, "skeleton": False}, {"skeleton": False}, {"spatial": False, "channel": False}, {"channel": False}, {"spatial": False},
    {"inject": False}, {"time": False}, {"joints": "crowdpose14"}, {"stride": 8},
]  # fmt: skip


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda s: "-".join(s))
def test_every_ablation_gives_each_of_its_weights_a_gradient(switch):
    config = replace(TINY, **switch)
    model = model_of(config).train()
    loss, found = loss_of_batch(model, batch_of(2, config), DiffusionConfig(), alphas_of(), half=False)
    loss.backward()
    assert np.isfinite(list(found.values())).all()
    assert [name for name, weight in model.named_parameters() if weight.grad is None] == []


def test_given_the_truth_the_decoder_learns_to_hand_it_on():
    torch.manual_seed(0)
    config = replace(TINY, stride=8, features=16)
    model, batch = DiffusionPose(config), batch_of(4, config)
    points, there, weight, target = targets(batch, config)
    maps = [torch.zeros(1, *shape) for shape in map_shapes(config).values()]
    optimiser = torch.optim.AdamW(model.denoise.parameters(), lr=5e-3)
    for _ in range(60):
        truth = first_state(points, there, target, alphas_of(), config, DiffusionConfig(coarse=1.0))
        loss = heatmap_loss(model.denoise(truth.noisy, truth.masks, truth.step, *maps), target, weight)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.2


class Few:
    """Some people as a cache gives them."""

    def __init__(self, batch: Batch):
        self.all = batch

    def batch(self, rows, frames: int) -> Batch:
        rows = list(rows)
        return Batch(*([tuple(v[rows] for v in self.all.inputs)] + [getattr(self.all, n)[rows] for n in REST]))


def test_it_learns_some_crops_by_heart():
    torch.manual_seed(1)
    config = replace(TINY, stride=8, features=16, neck=(16, 32, 32), channels=(32, 32, 32, 32))
    model, batch = DiffusionPose(config), batch_of(4, config)
    # MoveNet sees every joint an eighth of the crop too far to the right.
    batch.points = batch.points * torch.tensor([0.7, 1.0])
    batch.inputs = (-8 + 8 * draw(batch.points + torch.tensor([8.0, 0.0]), (64, 64), 2.0), *(0 * value for value in batch.inputs[1:]))
    optimiser = torch.optim.AdamW(model.parameters())
    for step in range(80):
        optimiser.param_groups[0]["lr"] = 4e-3 * min(1, (step + 1) / 20)
        loss, _ = loss_of_batch(model, batch, DiffusionConfig(), alphas_of(), half=False)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    model.eval()
    near = {}
    for steps in (0, 1, 2):
        found, _ = predict(model, Few(batch), range(4), steps=steps)
        near[steps] = float(((found[..., :2] - batch.points).norm(dim=-1) < 0.1 * 64).float().mean())
    assert near[1] > 0.97 and near[2] > 0.97
    assert near[2] >= near[0]  # more steps must not cost accuracy


@pytest.mark.parametrize("joints", ["coco17", "crowdpose14"])
def test_graphs_agree_with_pytorch_on_other_sizes_than_they_were_exported_with(tmp_path, joints):
    config = replace(TINY, joints=joints, features=32, neck=(32, 32, 32), channels=(8, 16, 32, 64))
    model = model_of(config)
    files, inputs, states = export_models(model, tmp_path), example(config, 1, seed=4), example_states(config, 3, seed=5)
    with torch.no_grad():
        maps = model.encode(*inputs)
        clean = model.denoise(*states, *maps)
    for dtype, most in (("fp32", SINGLE), ("fp16", HALF), ("q8", 10 * HALF)):
        pack = Pack(files["encode"][dtype], files["denoise"][dtype], config, 1)
        for ours, theirs in zip(pack.encode(*inputs), maps):
            np.testing.assert_allclose(ours, theirs, atol=most * float(theirs.abs().max()))
        np.testing.assert_allclose(pack.denoise(*states, *maps), clean, atol=most * float(clean.abs().max()))
    assert files["denoise"]["q8"].stat().st_size < files["denoise"]["fp16"].stat().st_size < files["denoise"]["fp32"].stat().st_size
    alone = [pack.denoise(*(value[i : i + 1] for value in states), *maps) for i in range(3)]  # q8, the last one
    np.testing.assert_array_equal(pack.denoise(*states, *maps), np.concatenate(alone))  # nobody's answer depends on the company


def test_the_manifest_states_every_port():
    stated = ports(ModelConfig())
    assert [p["name"] for p in stated["encode"]["outputs"]] == [p["name"] for p in stated["denoise"]["inputs"]][3:]


def test_hrnet_has_the_size_and_the_layers_of_the_published_one(tmp_path):
    with torch.device("meta"):
        sizes = [sum(p.numel() for p in Hrnet(width).parameters()) for width in (32, 48)]
    assert [round(size / 1e6, 1) for size in sizes] == [28.5, 63.6]
    net = Hrnet(8)
    names = set(net.state_dict())
    assert {"layer1.0.downsample.0.weight", "transition1.1.0.0.weight", "stage4.2.fuse_layers.0.3.0.weight", "stage3.0.fuse_layers.2.0.0.0.weight"} <= names
    assert not any(name.startswith("stage4.2.fuse_layers.1") for name in names)
    saved = {f"module.{name}": torch.rand_like(value.float()).to(value.dtype) for name, value in net.state_dict().items()}
    torch.save(saved | {"module.final_layer.weight": torch.zeros(1)}, tmp_path / "weights.pth")
    assert load_weights(net, tmp_path / "weights.pth") == ["final_layer.weight"]
    assert torch.equal(net.conv1.weight, saved["module.conv1.weight"])
    torch.save({"conv1.weight": net.conv1.weight}, tmp_path / "part.pth")
    with pytest.raises(ValueError, match="lacks layers"):
        load_weights(net, tmp_path / "part.pth")


def test_hrnet_is_another_backbone_of_the_same_model():
    config = replace(TINY, backbone="hrnet_w8", side=(256, 192))
    model = model_of(config).train()
    loss, _ = loss_of_batch(model, batch_of(2, config), DiffusionConfig(), alphas_of(), half=False)
    loss.backward()
    assert model.encode.body.conv1.weight.grad.abs().sum() > 0
    with torch.no_grad():
        assert heatmaps_of(model.eval(), example(config, 1), steps=2).shape == (1, 17, 64, 48)
