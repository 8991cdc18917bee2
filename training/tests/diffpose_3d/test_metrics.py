"""Metrics of section 11."""

import torch

from diffpose_training.diffpose_3d.metrics import mpjpe, mpjve, n_mpjpe, p_mpjpe, procrustes

SINGLE = 2e-3  # mm, float32 SVD of metre-sized poses


def random_rotation():
    q, _ = torch.linalg.qr(torch.randn(8, 3, 3))
    return q * torch.linalg.det(q)[:, None, None].sign()


def test_procrustes_undoes_any_similarity():
    torch.manual_seed(0)
    target = torch.randn(8, 17, 3) * 0.4
    moved = 1.7 * target @ random_rotation() + torch.randn(8, 1, 3)
    assert p_mpjpe(moved, target).max() < SINGLE


def test_procrustes_does_not_reflect():
    torch.manual_seed(1)
    target = torch.randn(8, 17, 3) * 0.4
    assert p_mpjpe(target * torch.tensor([-1.0, 1, 1]), target).min() > 50


def test_procrustes_never_raises_the_squared_error():
    torch.manual_seed(2)
    target = torch.randn(8, 17, 3) * 0.4
    pose = target + 0.1 * torch.randn(8, 17, 3)
    before, after = ((x - target).square().sum((-1, -2)) for x in (pose, procrustes(pose, target)))
    assert (after <= before + 1e-6).all()


def test_n_mpjpe_ignores_scale_and_mpjpe_counts_the_hip():
    target = torch.randn(3, 17, 3)
    assert n_mpjpe(2.5 * target, target).max() < SINGLE
    shifted = target.clone()
    shifted[:, 5, 0] += 0.017
    assert torch.allclose(mpjpe(shifted, target), torch.full((3,), 1.0), atol=SINGLE)


def test_mpjve_ignores_a_constant_offset():
    target = torch.randn(2, 5, 17, 3)
    assert mpjve(target + 0.3, target).max() < SINGLE
    assert mpjve(target, target).shape == (2, 4)
