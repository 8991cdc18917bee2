"""The configuration with a vision transformer: shapes, one training step, loading weights in the usual names."""

import torch

from diffpose_training.common.diffusion import cosine_alphas
from diffpose_training.diffpose_video.sampler import STEPS
from diffpose_training.diffpose_video.train import noisy
from diffpose_training.diffpose_video.vit import TINY, Vit, VitConfig, VitDiffposeVideo, load_backbone


def test_the_papers_sizes_give_16_by_12_tokens():
    assert VitConfig().grid == (16, 12)


def test_shapes_and_a_training_step():
    torch.manual_seed(0)
    model, alphas = VitDiffposeVideo(TINY), cosine_alphas(STEPS)
    clip, truth = torch.rand(2, 5, 3, 64, 48) * 255, torch.rand(2, 17, 16, 12)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(3):
        step = torch.tensor([999, 400])
        maps = model.encode(clip)
        assert [tuple(m.shape[-2:]) for m in maps] == [(16, 12), (4, 3), (8, 6), (16, 12)]
        clean = model.denoise(noisy(truth, step, alphas, 1.0), step.float(), *maps)
        assert clean.shape == truth.shape
        loss = (clean - truth).square().mean()
        optimiser.zero_grad()
        loss.backward()
        assert all(p.grad is not None for p in model.parameters() if p.requires_grad)
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


def test_weights_in_the_usual_names_are_taken(tmp_path):
    torch.manual_seed(0)
    vit, other = Vit(TINY), Vit(TINY)
    names = {"embed.": "patch_embed.proj.", "norm.": "last_norm.", ".qkv": ".attn.qkv", ".out": ".attn.proj", ".feed.0": ".mlp.fc1", ".feed.2": ".mlp.fc2"}
    saved = {}
    for name, value in other.state_dict().items():
        for ours, theirs in names.items():
            name = theirs + name[len(ours) :] if not ours.startswith(".") and name.startswith(ours) else name.replace(ours, theirs) if ours.startswith(".") else name
        saved["backbone." + name.replace("layers.", "blocks.")] = value
    saved["backbone.pos_embed"] = torch.cat([torch.zeros(1, 1, TINY.width), saved.pop("backbone.place")[None]], 1)
    saved["head.weight"] = torch.zeros(3)
    torch.save({"state_dict": saved}, tmp_path / "vit.pth")
    assert load_backbone(vit, tmp_path / "vit.pth") == ["head.weight"]
    frames = torch.rand(1, 3, 64, 48) * 255
    torch.testing.assert_close(vit(frames), other(frames))
