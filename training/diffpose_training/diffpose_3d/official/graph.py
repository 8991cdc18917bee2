"""The body as a graph: adjacency, Chebyshev terms, and the convolution on them (specification section 5.3)."""

import torch
from torch import Tensor, nn

JOINTS = 17
# Bones of the Human3.6M skeleton, parent first.
EDGES: tuple[tuple[int, int], ...] = (
    (0, 1), (1, 2), (2, 3), (0, 4), (4, 5), (5, 6), (0, 7), (7, 8), (8, 9), (9, 10),
    (8, 11), (11, 12), (12, 13), (8, 14), (14, 15), (15, 16),
)  # fmt: skip
TERMS = 3  # a Chebyshev filter of order 2 has the terms T0, T1, T2


def adjacency(joints: int = JOINTS, edges: tuple[tuple[int, int], ...] = EDGES) -> Tensor:
    """Symmetric bones plus self loops, each row divided by its sum: (J, J). Not symmetric after the division."""
    matrix = torch.eye(joints, dtype=torch.float64)
    for a, b in edges:
        matrix[a, b] = matrix[b, a] = 1.0
    return matrix / matrix.sum(dim=1, keepdim=True)


def chebyshev_terms(adj: Tensor) -> Tensor:
    """T0 = I, T1 = L, T2 = 2 L L - I with L = I - D^-1/2 adj D^-1/2, D the row sums of adj: (3, J, J) float32."""
    scale = adj.sum(dim=1).rsqrt()
    one = torch.eye(len(adj), dtype=adj.dtype)
    laplacian = one - scale[:, None] * adj * scale[None, :]
    return torch.stack([one, laplacian, 2 * laplacian @ laplacian - one]).float()


class ChebConv(nn.Module):
    """y = sum over i of T_i x W_i, plus b. Keys: weight (3, 1, in, out), bias (1, 1, out).

    The three sums over neighbours are one product: the rows of `mix` are ordered (joint, term), so that the result
    reads as (J, 3 * in) without a transposition and meets the weights as one (3 * in, out) matrix.
    """

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(TERMS, 1, channels_in, channels_out))
        self.bias = nn.Parameter(torch.zeros(1, 1, channels_out))
        nn.init.xavier_normal_(self.weight)
        terms = chebyshev_terms(adjacency())
        self.register_buffer("mix", terms.transpose(0, 1).reshape(JOINTS * TERMS, JOINTS), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        _, _, channels_in, channels_out = self.weight.shape
        mixed = torch.matmul(self.mix, x)  # (B, J, in) -> (B, J * 3, in)
        mixed = mixed.reshape(-1, JOINTS, TERMS * channels_in)  # -> (B, J, 3 * in)
        return torch.matmul(mixed, self.weight.reshape(TERMS * channels_in, channels_out)) + self.bias
