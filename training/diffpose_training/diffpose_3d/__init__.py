"""DiffPose-3D: data, context encoder, denoiser, diffusion, training, evaluation and export."""
