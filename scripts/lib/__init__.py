"""What the scripts share: models, reference results, local networks and the demo's story. Nothing here is part of the chain."""
