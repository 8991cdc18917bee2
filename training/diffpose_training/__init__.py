"""Training code of diffpose: where the weights of the model packs are born."""
